-- The events of a day, by their own time; in the order of loading.
SELECT
  e.event_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  event_types.name AS event_type,
  e.event_at AS event_at,
  src_ip.text AS src_ip,
  e.payload AS payload
FROM events AS e
JOIN sensors ON sensors.id = e.sensor_id
JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN session_keys ON session_keys.id = e.session_ref
LEFT JOIN texts AS src_ip ON src_ip.id = e.src_ip_id
WHERE e.event_day = :day AND (:sensor_id = 0 OR e.sensor_id = :sensor_id)
ORDER BY e.id
