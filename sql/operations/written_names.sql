-- By which names, of their own or of their folders, the events of each sensor were written, with the offset taken off their times.
SELECT DISTINCT sensors.name AS sensor, o.written_sensor AS written, o.clock_offset_us AS clock_offset_us
FROM log_origins AS o
JOIN sensors ON sensors.id = o.sensor_id
