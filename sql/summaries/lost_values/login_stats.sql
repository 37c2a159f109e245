-- The days of sessions that lose a login: `changed` has the rows that are wrong, `fresh` all as they should be.
SELECT s.session_day
FROM changed
JOIN session_facts AS s ON s.session_ref = changed.session_ref
WHERE NOT EXISTS (
  SELECT 1
  FROM fresh
  WHERE fresh.session_ref = changed.session_ref AND fresh.username_id = changed.username_id AND fresh.password_id = changed.password_id
)
