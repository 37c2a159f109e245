-- A row where the logs between two paths are this machine's to have: it read one of them, or no other machine loads into this warehouse.
SELECT 1 AS is_ours
WHERE EXISTS (
  SELECT 1 FROM logs WHERE collector = :collector AND path BETWEEN :first AND :last AND compression <> :imported LIMIT 1
)
OR NOT (
  EXISTS (SELECT 1 FROM logs WHERE collector > :collector LIMIT 1)
  OR EXISTS (SELECT 1 FROM logs WHERE collector < :collector LIMIT 1)
)
