-- SQLite: a number that no log has, or had before its row was lost.
SELECT COALESCE(MAX(number), 0) + 1
FROM (
  SELECT MAX(id) AS number FROM logs
  UNION ALL
  SELECT MAX(log_id) FROM log_paths
) AS numbers
