-- The versions of each sensor's days within the bounds: where all of a sensor stand still, so does what is counted of its sessions. Beside each
-- that of what campaigns say of them.
SELECT d.sensor_id, d.session_day, d.version, COALESCE(c.version, 0) AS campaigns
FROM sensor_days AS d
LEFT JOIN campaign_days AS c ON c.session_day = d.session_day AND c.sensor_id = d.sensor_id
WHERE d.session_day >= :start_day AND d.session_day < :end_day
ORDER BY d.sensor_id, d.session_day
