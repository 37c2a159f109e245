-- The versions of each sensor's days within the bounds: where all of a sensor stand still, so does what is counted of its sessions.
SELECT d.sensor_id, d.session_day, d.version
FROM sensor_days AS d
WHERE d.session_day >= :start_day AND d.session_day < :end_day
ORDER BY d.sensor_id, d.session_day
