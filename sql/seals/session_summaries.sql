-- What a seal says of a day's sessions: what follows from their events alone, in words, so that it holds for another database and newer rules.
SELECT
  sensors.name, session_keys.session_id, s.matcher, protocol.text, src_ip.text, s.src_port, s.dst_port, s.first_event_at, s.last_event_at,
  s.duration_us, s.closed, s.event_count, s.command_count, s.login_successes, s.login_failures, s.file_downloads, s.file_downloads_failed,
  s.file_uploads, s.tunnel_requests, username.text, password.text, client_version.text, hassh.text
FROM session_facts AS s
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS protocol ON protocol.id = s.protocol_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
LEFT JOIN texts AS username ON username.id = s.username_id
LEFT JOIN texts AS password ON password.id = s.password_id
LEFT JOIN texts AS client_version ON client_version.id = s.client_version_id
LEFT JOIN texts AS hassh ON hassh.id = s.hassh_id
WHERE s.session_day = :day
ORDER BY sensors.name, session_keys.session_id
