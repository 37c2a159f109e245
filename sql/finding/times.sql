-- When some sessions began, and on which sensor.
SELECT s.session_ref, s.session_day, s.first_event_at, sensors.name AS sensor
FROM session_facts AS s
JOIN sensors ON sensors.id = s.sensor_id
WHERE s.session_ref IN :sessions
