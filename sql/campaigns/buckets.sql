-- The sequences that share a band with others; the last bit of a band tells whether it is a wide one.
SELECT band % 2 AS wide, STRING_AGG(CAST(sequence AS TEXT), ',') AS members
FROM sequence_bands
GROUP BY band
HAVING COUNT(*) > 1
