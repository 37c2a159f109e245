-- The days whose sightings do not follow by adding: a session stands there, or will, that goes to another day or sensor, that loses a value, or
-- that is new here and has rows in the other summaries. `changed` has the rows that are wrong, `fresh` all as they should be.
SELECT days.session_day
FROM changed
LEFT JOIN fresh ON fresh.session_ref = changed.session_ref
JOIN (SELECT DISTINCT session_day FROM clean_days) AS days ON days.session_day IN (changed.session_day, fresh.session_day)
WHERE fresh.session_ref IS NULL OR fresh.session_day <> changed.session_day OR fresh.sensor_id <> changed.sensor_id
  OR (changed.hassh_id IS NOT NULL AND (fresh.hassh_id IS NULL OR fresh.hassh_id <> changed.hassh_id))
  OR (changed.src_ip_id IS NOT NULL AND (fresh.src_ip_id IS NULL OR fresh.src_ip_id <> changed.src_ip_id))
UNION
SELECT fresh.session_day
FROM touched_sessions
JOIN fresh ON fresh.session_ref = touched_sessions.session_ref
WHERE touched_sessions.is_new = 1 AND (
  EXISTS (SELECT 1 FROM command_facts AS c WHERE c.session_ref = fresh.session_ref)
  OR EXISTS (SELECT 1 FROM login_facts AS l WHERE l.session_ref = fresh.session_ref)
  OR EXISTS (SELECT 1 FROM file_facts AS f WHERE f.session_ref = fresh.session_ref)
)
