SELECT
  utc_day(e.session_day) AS sealed_day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  event_types.name AS event_type,
  utc(e.event_at) AS event_timestamp,
  e.payload AS payload,
  hex(e.event_hash) AS event_hash,
  e.log_id AS log_file_id,
  l.path AS path,
  e.byte_offset AS byte_offset,
  utc(e.seen_at) AS seen_at
FROM events_behind_seal AS e
JOIN sensors ON sensors.id = e.sensor_id
JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN session_keys ON session_keys.id = e.session_ref
LEFT JOIN logs AS l ON l.id = e.log_id
