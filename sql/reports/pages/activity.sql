-- What each of some addresses, HASSH and files did in the period, by sensor and day. A file is seen when a session first transfers it.
WITH matched AS (
  SELECT
    'address' AS kind, s.src_ip_id AS value_id,
    s.sensor_id, s.session_day, s.first_event_at, s.last_event_at, s.login_successes, s.login_failures,
    s.command_count, s.high_risk_commands, s.file_downloads, s.file_uploads, s.tunnel_requests
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.src_ip_id IN :addresses
  UNION ALL
  SELECT
    'hassh', s.hassh_id,
    s.sensor_id, s.session_day, s.first_event_at, s.last_event_at, s.login_successes, s.login_failures,
    s.command_count, s.high_risk_commands, s.file_downloads, s.file_uploads, s.tunnel_requests
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.hassh_id IN :hasshes
  UNION ALL
  SELECT
    'file', f.shasum_id,
    s.sensor_id, s.session_day, f.first_seen, f.first_seen, s.login_successes, s.login_failures,
    s.command_count, s.high_risk_commands, s.file_downloads, s.file_uploads, s.tunnel_requests
  FROM session_facts AS s
  JOIN file_facts AS f ON f.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.file_downloads + s.file_uploads > 0
    AND f.shasum_id IN :files
)
SELECT
  kind,
  value_id,
  sensor_id,
  session_day,
  COUNT(*) AS sessions,
  MIN(first_event_at) AS first_event_at,
  MAX(last_event_at) AS last_event_at,
  CAST(SUM(login_successes) AS BIGINT) AS login_successes,
  CAST(SUM(login_failures) AS BIGINT) AS login_failures,
  CAST(SUM(command_count) AS BIGINT) AS commands,
  CAST(SUM(high_risk_commands) AS BIGINT) AS high_risk_commands,
  CAST(SUM(file_downloads) AS BIGINT) AS file_downloads,
  CAST(SUM(file_uploads) AS BIGINT) AS file_uploads,
  CAST(SUM(tunnel_requests) AS BIGINT) AS tunnel_requests
FROM matched
GROUP BY kind, value_id, sensor_id, session_day
