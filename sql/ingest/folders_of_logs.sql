-- The folders that logs lie in, with the name of the folder that each was first read in.
SELECT folder, RTRIM(path, REPLACE(path, '/', '')) AS lies_in, COUNT(*) AS logs
FROM logs
GROUP BY folder, RTRIM(path, REPLACE(path, '/', ''))
ORDER BY folder, lies_in
