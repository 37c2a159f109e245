-- The next dead letters that nobody resolved, with how long what is kept of each is. What a damaged archive has to tell is no line.
SELECT id, LENGTH(content) AS characters
FROM dead_letters
WHERE id > :after
  AND resolved_at IS NULL
  AND reason <> 'damaged_archive'
  AND (:reason = '' OR reason = :reason)
ORDER BY id
LIMIT :limit
