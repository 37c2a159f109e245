-- The versions of a day's sessions, of all (sensor 0) and of each sensor.
SELECT 0 AS sensor_id, version
FROM changed_days
WHERE session_day = :day
UNION ALL
SELECT sensor_id, version
FROM sensor_days
WHERE session_day = :day
