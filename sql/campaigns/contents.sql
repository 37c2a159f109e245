-- The examined files, each with when it was.
SELECT shasum_id, examined_at
FROM downloaded_contents
ORDER BY shasum_id
