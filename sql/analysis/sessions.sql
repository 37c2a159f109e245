-- The sessions of a day.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE s.matcher WHEN 1 THEN 'full_delimited' WHEN 2 THEN 'session_id_only' WHEN 3 THEN 'event_session' END AS matcher,
  protocol.text AS protocol,
  src_ip.text AS src_ip,
  s.src_port AS src_port,
  s.dst_port AS dst_port,
  s.first_event_at AS first_event_at,
  s.last_event_at AS last_event_at,
  CAST(s.duration_us AS DOUBLE PRECISION) / 1000000 AS duration_seconds,
  s.closed AS closed,
  s.event_count AS event_count,
  s.command_count AS command_count,
  s.high_risk_commands AS high_risk_commands,
  s.login_successes AS login_successes,
  s.login_failures AS login_failures,
  s.file_downloads AS file_downloads,
  s.file_downloads_failed AS file_downloads_failed,
  s.file_uploads AS file_uploads,
  s.tunnel_requests AS tunnel_requests,
  username.text AS username,
  password.text AS password,
  client_version.text AS client_version,
  hassh.text AS hassh,
  s.risk_score AS risk_score,
  CASE WHEN EXISTS (
    SELECT 1
    FROM file_facts
    JOIN virustotal_verdicts AS v ON v.shasum_id = file_facts.shasum_id
    WHERE file_facts.session_ref = s.session_ref AND v.malicious = 1
  ) THEN 1 ELSE 0 END AS vt_flagged,
  CASE WHEN EXISTS (
    SELECT 1 FROM dshield_verdicts AS v WHERE v.src_ip_id = s.src_ip_id AND v.listed = 1
  ) THEN 1 ELSE 0 END AS dshield_flagged,
  place.country AS country,
  place.asn AS asn,
  place.as_name AS as_name
FROM session_facts AS s
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS protocol ON protocol.id = s.protocol_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
LEFT JOIN texts AS username ON username.id = s.username_id
LEFT JOIN texts AS password ON password.id = s.password_id
LEFT JOIN texts AS client_version ON client_version.id = s.client_version_id
LEFT JOIN texts AS hassh ON hassh.id = s.hassh_id
LEFT JOIN address_places AS place ON place.address_id = s.src_ip_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY s.first_event_at, s.session_ref
