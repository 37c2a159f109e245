-- How many logs `take_folder_name` would give the name of their folder.
SELECT COUNT(*)
FROM logs
WHERE RTRIM(path, REPLACE(path, '/', '')) = :lies_in
  AND COALESCE(folder, '') = :former
  AND id NOT IN (SELECT log_id FROM sealed_logs)
