-- Logs that lie in a folder bear its name from now on.
UPDATE logs
SET folder = :name
WHERE RTRIM(path, REPLACE(path, '/', '')) = :lies_in AND (folder IS NULL OR folder <> :name)
