-- The sequences that share a band with another one.
SELECT band, sequence
FROM (SELECT band, sequence, COUNT(*) OVER (PARTITION BY band) AS members FROM sequence_bands) AS b
WHERE members > 1
ORDER BY band, sequence
