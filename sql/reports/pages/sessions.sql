-- Some sessions, by the digests of their keys.
SELECT
  session_keys.digest,
  s.session_ref,
  s.sensor_id,
  s.first_event_at,
  s.last_event_at,
  s.duration_us,
  s.closed,
  s.event_count,
  s.command_count,
  s.high_risk_commands,
  s.login_successes,
  s.login_failures,
  s.file_downloads,
  s.file_uploads,
  s.tunnel_requests,
  s.risk_score,
  s.src_port,
  s.dst_port,
  protocol.text AS protocol,
  src_ip.text AS src_ip,
  username.text AS username,
  password.text AS password,
  client_version.text AS client_version,
  hassh.text AS hassh
FROM session_keys
JOIN session_facts AS s -- looked up by session_ref = session_keys.id
  ON s.session_ref = session_keys.id
LEFT JOIN texts AS protocol ON protocol.id = s.protocol_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
LEFT JOIN texts AS username ON username.id = s.username_id
LEFT JOIN texts AS password ON password.id = s.password_id
LEFT JOIN texts AS client_version ON client_version.id = s.client_version_id
LEFT JOIN texts AS hassh ON hassh.id = s.hassh_id
WHERE session_keys.digest IN :digests
