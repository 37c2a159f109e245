-- What logs in a folder were derived as by another name of it is to be derived anew, by its name of today; but for those that keep theirs.
UPDATE log_origins
SET reader = 0, written_sensor = :name
WHERE named_by_folder = 1
  AND written_sensor <> :name
  AND log_id IN (
    SELECT id
    FROM logs
    WHERE RTRIM(path, REPLACE(path, '/', '')) = :lies_in AND id NOT IN (SELECT log_id FROM sealed_logs)
  )
