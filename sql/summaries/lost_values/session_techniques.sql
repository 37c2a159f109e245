-- The days and sensors of sessions that lose a technique: `changed` has the rows that are wrong, `fresh` all as they should be.
-- And of sessions that had no row of their own and have some here: what these bring was not seen.
SELECT s.session_day, s.sensor_id
FROM changed
JOIN session_facts AS s ON s.session_ref = changed.session_ref
WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.session_ref = changed.session_ref AND fresh.rule_number = changed.rule_number)
UNION
SELECT s.session_day, s.sensor_id
FROM touched_sessions
JOIN session_facts AS s ON s.session_ref = touched_sessions.session_ref
WHERE touched_sessions.is_new = 1
  AND EXISTS (SELECT 1 FROM technique_facts AS stored WHERE stored.session_ref = touched_sessions.session_ref)
