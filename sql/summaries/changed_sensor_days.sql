-- The days and sensors of the sessions of the temporary table `changed`, as they stand at this moment.
SELECT DISTINCT s.session_day, s.sensor_id
FROM changed
CROSS JOIN session_facts AS s -- looked up by session_ref = changed.session_ref
WHERE s.session_ref = changed.session_ref
