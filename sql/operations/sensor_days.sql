-- The days with sessions of each sensor that has any.
SELECT sensors.name AS sensor, MIN(d.session_day) AS first_day, MAX(d.session_day) AS last_day, COUNT(*) AS days
FROM sensor_days AS d
JOIN sensors ON sensors.id = d.sensor_id
GROUP BY sensors.id, sensors.name
