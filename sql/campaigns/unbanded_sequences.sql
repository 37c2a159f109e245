-- The sequences that have not as many bands as each one has.
SELECT s.id
FROM sequences AS s
LEFT JOIN (SELECT sequence, COUNT(*) AS bands FROM sequence_bands GROUP BY sequence) AS b ON b.sequence = s.id
WHERE b.bands IS NULL OR b.bands <> :bands
