-- Where a log was first read and where it lies.
SELECT folder, path
FROM logs
WHERE id = :log_id
