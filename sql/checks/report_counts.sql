-- What the sessions of some days come to, by sensor: every number of a report that adds up over days and sensors.
SELECT
  s.sensor_id AS sensor_id,
  COUNT(*) AS total,
  SUM(s.closed) AS closed,
  COUNT(*) FILTER (WHERE s.command_count > 0) AS with_commands,
  COUNT(*) FILTER (WHERE s.login_successes > 0) AS with_login_success,
  CAST(SUM(s.login_successes + s.login_failures) AS BIGINT) AS login_attempts,
  CAST(SUM(s.login_successes) AS BIGINT) AS login_successes,
  CAST(SUM(s.login_failures) AS BIGINT) AS login_failures,
  CAST(SUM(s.file_downloads) AS BIGINT) AS file_downloads,
  CAST(SUM(s.file_uploads) AS BIGINT) AS file_uploads,
  CAST(SUM(s.file_downloads_failed) AS BIGINT) AS file_downloads_failed,
  CAST(SUM(s.command_count) AS BIGINT) AS commands,
  CAST(SUM(s.tunnel_requests) AS BIGINT) AS tunnel_requests,
  COUNT(*) FILTER (WHERE s.tunnel_requests > 0) AS with_tunnel_requests
FROM session_facts AS s
WHERE s.session_day >= :start_day AND s.session_day < :end_day
GROUP BY s.sensor_id
