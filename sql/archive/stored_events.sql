-- The events that the warehouse has of some days, with the columns of the view raw_events; times and days as numbers, the identity as it is.
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE e.matcher WHEN 1 THEN 'full_delimited' WHEN 2 THEN 'session_id_only' WHEN 3 THEN 'event_session' END AS matcher,
  event_types.name AS event_type,
  e.event_at AS event_timestamp,
  e.event_day AS event_date,
  src_ip.text AS src_ip,
  e.payload AS payload,
  e.event_hash AS event_hash,
  e.log_id AS log_file_id,
  e.byte_offset AS byte_offset,
  e.ingested_at AS ingested_at
FROM events AS e
JOIN sensors ON sensors.id = e.sensor_id
JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN session_keys ON session_keys.id = e.session_ref
LEFT JOIN texts AS src_ip ON src_ip.id = e.src_ip_id
WHERE e.event_day BETWEEN :first_day AND :last_day
