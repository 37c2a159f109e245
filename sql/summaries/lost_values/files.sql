-- The days of sessions that lose a file or where it came from: `changed` has the rows that are wrong, `fresh` all as they should be.
SELECT s.session_day
FROM changed
JOIN session_facts AS s ON s.session_ref = changed.session_ref
WHERE NOT EXISTS (
  SELECT 1
  FROM fresh
  WHERE fresh.session_ref = changed.session_ref AND fresh.shasum_id = changed.shasum_id
    AND (changed.url_id IS NULL OR changed.downloads = 0 OR (fresh.url_id = changed.url_id AND fresh.downloads > 0))
)
