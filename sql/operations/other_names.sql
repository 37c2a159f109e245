-- Where a folder is one sensor's and events in its logs another's.
SELECT DISTINCT folder_sensors.name AS folder_sensor, sensors.name AS sensor
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
JOIN sensors ON sensors.id = o.sensor_id
JOIN sensors AS folder_sensors ON folder_sensors.id = l.sensor_id
WHERE o.sensor_id <> l.sensor_id AND o.reader > 0
ORDER BY 1, 2
