-- The days of sessions that lose a command: `changed` has the rows that are wrong, `fresh` all as they should be.
SELECT s.session_day
FROM changed
JOIN session_facts AS s ON s.session_ref = changed.session_ref
WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.session_ref = changed.session_ref AND fresh.command_id = changed.command_id)
