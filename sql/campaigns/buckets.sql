-- The sequences that share a band with others; the last bit of a band tells whether it is a wide one.
SELECT DISTINCT wide, members
FROM (
  SELECT band % 2 AS wide, STRING_AGG(CAST(sequence AS TEXT), ',' ORDER BY sequence) AS members
  FROM sequence_bands
  GROUP BY band
  HAVING COUNT(*) > 1
) AS b
