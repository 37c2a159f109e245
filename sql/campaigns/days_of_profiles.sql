-- The days and sensors of the sessions of some profiles.
SELECT DISTINCT s.session_day, s.sensor_id
FROM session_profiles AS sp
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
WHERE sp.profile IN :profiles AND s.session_ref = sp.session_ref
