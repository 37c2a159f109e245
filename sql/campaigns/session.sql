-- A session's names.
SELECT sensors.name AS sensor, k.session_id, s.first_event_at, ip.text AS src_ip
FROM session_facts AS s
JOIN session_keys AS k ON k.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS ip ON ip.id = s.src_ip_id
WHERE s.session_ref = :session_ref
