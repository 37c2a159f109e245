-- The events of a day as a seal has them, with the columns of the view raw_events but for the identity; times and days as numbers.
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE covered.matcher WHEN 1 THEN 'full_delimited' WHEN 2 THEN 'session_id_only' WHEN 3 THEN 'event_session' END AS matcher,
  event_types.name AS event_type,
  covered.event_at AS event_timestamp,
  covered.event_day AS event_date,
  src_ip.text AS src_ip,
  covered.payload AS payload,
  covered.log_id AS log_file_id,
  covered.byte_offset AS byte_offset,
  covered.ingested_at AS ingested_at
FROM (
  SELECT
    e.sensor_id, e.session_ref, e.matcher, e.event_type_id, e.event_at, e.event_day, e.src_ip_id, e.payload, e.event_hash, e.log_id,
    e.byte_offset, e.ingested_at
  FROM session_facts AS s
  CROSS JOIN events AS e
  WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION ALL
  SELECT
    e.sensor_id, e.session_ref, e.matcher, e.event_type_id, e.event_at, e.event_day, e.src_ip_id, e.payload, e.event_hash, e.log_id,
    e.byte_offset, e.ingested_at
  FROM events AS e
  WHERE e.event_day = :day AND e.session_ref IS NULL
) AS covered
JOIN sensors ON sensors.id = covered.sensor_id
JOIN event_types ON event_types.id = covered.event_type_id
LEFT JOIN session_keys ON session_keys.id = covered.session_ref
LEFT JOIN texts AS src_ip ON src_ip.id = covered.src_ip_id
ORDER BY covered.sensor_id, covered.session_ref, covered.event_at, covered.event_hash
