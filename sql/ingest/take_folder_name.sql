-- Logs that lie in a folder and bear another name bear the folder's from now on. Those with events of sealed days keep theirs: these events'
-- identities are taken of it.
UPDATE logs
SET folder = :name
WHERE RTRIM(path, REPLACE(path, '/', '')) = :lies_in
  AND COALESCE(folder, '') = :former
  AND id NOT IN (SELECT log_id FROM sealed_logs)
