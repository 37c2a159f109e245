-- The days and sensors of sessions that lose a file or where it came from: `changed` has the rows that are wrong, `fresh` all as they should be.
-- And of sessions that had no row of their own and have some here: what these bring was not seen.
SELECT s.session_day, s.sensor_id
FROM changed
JOIN session_facts AS s ON s.session_ref = changed.session_ref
WHERE NOT EXISTS (
  SELECT 1
  FROM fresh
  WHERE fresh.session_ref = changed.session_ref AND fresh.shasum_id = changed.shasum_id
    AND (changed.url_id IS NULL OR changed.downloads = 0 OR (fresh.url_id = changed.url_id AND fresh.downloads > 0))
)
UNION
SELECT s.session_day, s.sensor_id
FROM touched_sessions
JOIN session_facts AS s ON s.session_ref = touched_sessions.session_ref
WHERE touched_sessions.is_new = 1
  AND EXISTS (SELECT 1 FROM file_facts AS stored WHERE stored.session_ref = touched_sessions.session_ref)
