-- `events` of a log's lines are archived now; where a later reading of the log counted fewer, each was a line of it all the same.
UPDATE logs
SET
  events = events - :events,
  archived = CASE WHEN archived + :events < 0 THEN 0 ELSE archived + :events END,
  lines = events - :events + duplicates + dead_letters + blank + CASE WHEN archived + :events < 0 THEN 0 ELSE archived + :events END
WHERE id = :log_id
