-- The versions of the days with sessions, of those within the bounds: where all stand still, so does what is counted of sessions. Beside each
-- that of what campaigns say of them.
SELECT d.session_day, d.version, COALESCE(c.version, 0) AS campaigns
FROM changed_days AS d
LEFT JOIN campaign_days AS c ON c.session_day = d.session_day AND c.sensor_id = 0
WHERE d.session_day >= :start_day AND d.session_day < :end_day
ORDER BY d.session_day
