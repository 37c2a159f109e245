-- Sessions by protocol and number of commands: the totals, the averages and the percentiles all come from these few rows.
-- A sensor_id of 0 means all sensors, here and in every file beside this one.
SELECT
  protocol.text AS protocol,
  counted.command_count,
  counted.sessions,
  counted.closed,
  counted.with_login_success,
  counted.duration_us,
  counted.login_successes,
  counted.login_failures,
  counted.file_downloads,
  counted.file_downloads_failed,
  counted.file_uploads
FROM (
  SELECT
    s.protocol_id,
    s.command_count,
    COUNT(*) AS sessions,
    SUM(s.closed) AS closed,
    COUNT(*) FILTER (WHERE s.login_successes > 0) AS with_login_success,
    CAST(SUM(s.duration_us) AS BIGINT) AS duration_us,
    SUM(s.login_successes) AS login_successes,
    SUM(s.login_failures) AS login_failures,
    SUM(s.file_downloads) AS file_downloads,
    SUM(s.file_downloads_failed) AS file_downloads_failed,
    SUM(s.file_uploads) AS file_uploads
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY s.protocol_id, s.command_count
) AS counted
LEFT JOIN texts AS protocol ON protocol.id = counted.protocol_id
