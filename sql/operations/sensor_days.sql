-- The days with sessions of each sensor that has any; `sensor_days` has those on which it had some, too.
SELECT sensors.name AS sensor, MIN(d.session_day) AS first_day, MAX(d.session_day) AS last_day, COUNT(*) AS days
FROM sensor_days AS d
JOIN sensors ON sensors.id = d.sensor_id
WHERE EXISTS (SELECT 1 FROM session_facts AS s WHERE s.session_day = d.session_day AND s.sensor_id = d.sensor_id)
GROUP BY sensors.id, sensors.name
