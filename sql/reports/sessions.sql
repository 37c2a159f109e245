-- Sessions by sensor, protocol and number of commands: the totals, the averages and the percentiles of commands all come from these few rows.
-- The sum of durations comes in two parts, those above and below 2^32 us: a few sessions of a wrong clock are more than 64 bits hold.
-- `lasted_N` is the sessions that lasted at least N seconds.
-- Protocol and number are grouped by as one number, as the pairs of credentials.sql.
-- A sensor_id of 0 means all sensors, here and in every file beside this one.
SELECT
  protocol.text AS protocol,
  counted.*
FROM (
  SELECT
    s.sensor_id,
    MIN(s.protocol_id) AS protocol_id,
    MIN(s.command_count) AS command_count,
    COUNT(*) AS sessions,
    SUM(s.closed) AS closed,
    COUNT(*) FILTER (WHERE s.login_successes > 0) AS with_login_success,
    COUNT(*) FILTER (WHERE s.tunnel_requests > 0) AS with_tunnel_requests,
    CAST(SUM(s.duration_us / 4294967296) AS BIGINT) AS duration_high,
    CAST(SUM(s.duration_us % 4294967296) AS BIGINT) AS duration_low,
    MIN(s.duration_us) AS least_duration_us,
    MAX(s.duration_us) AS greatest_duration_us,
    COUNT(*) FILTER (WHERE s.duration_us >= 1000000) AS lasted_1,
    COUNT(*) FILTER (WHERE s.duration_us >= 5000000) AS lasted_5,
    COUNT(*) FILTER (WHERE s.duration_us >= 10000000) AS lasted_10,
    COUNT(*) FILTER (WHERE s.duration_us >= 30000000) AS lasted_30,
    COUNT(*) FILTER (WHERE s.duration_us >= 60000000) AS lasted_60,
    COUNT(*) FILTER (WHERE s.duration_us >= 300000000) AS lasted_300,
    COUNT(*) FILTER (WHERE s.duration_us >= 1800000000) AS lasted_1800,
    SUM(s.login_successes) AS login_successes,
    SUM(s.login_failures) AS login_failures,
    SUM(s.file_downloads) AS file_downloads,
    SUM(s.file_downloads_failed) AS file_downloads_failed,
    SUM(s.file_uploads) AS file_uploads,
    SUM(s.tunnel_requests) AS tunnel_requests
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY s.sensor_id, COALESCE(s.protocol_id, 0) * 4294967296 + s.command_count
) AS counted
LEFT JOIN texts AS protocol ON protocol.id = counted.protocol_id
