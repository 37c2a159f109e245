-- Logs that lie in a folder are that sensor's in the ledger.
UPDATE logs
SET sensor_id = :sensor_id
WHERE RTRIM(path, REPLACE(path, '/', '')) = :lies_in AND sensor_id <> :sensor_id
