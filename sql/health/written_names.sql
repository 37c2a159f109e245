-- Names that events carry, where the folder that their log lies in has another.
SELECT DISTINCT folder_sensors.name AS folder_sensor, o.written_sensor AS written_sensor
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
JOIN sensors AS folder_sensors ON folder_sensors.id = l.sensor_id
WHERE o.named_by_folder = 0 AND o.written_sensor <> folder_sensors.name AND o.reader > 0
ORDER BY 1, 2
