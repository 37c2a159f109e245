-- Of a path that an older reader took for a log of another folder nothing is known any more: it is looked at anew.
DELETE FROM log_paths
WHERE EXISTS (
  SELECT 1
  FROM logs
  WHERE logs.id = log_paths.log_id
    AND RTRIM(logs.path, REPLACE(logs.path, '/', '')) <> RTRIM(log_paths.path, REPLACE(log_paths.path, '/', ''))
)
