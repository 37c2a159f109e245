-- Some sessions, each in a line.
SELECT
  s.session_ref,
  sensors.name AS sensor,
  session_keys.session_id,
  src_ip.text AS src_ip,
  s.first_event_at,
  s.duration_us,
  s.login_successes,
  s.login_failures,
  s.command_count,
  s.file_downloads + s.file_uploads AS files,
  s.risk_score
FROM session_facts AS s
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
WHERE s.session_ref IN :sessions
