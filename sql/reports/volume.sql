-- Sessions by the hour of the period in which they began, by protocol and by sensor.
SELECT
  counted.sensor_id,
  counted.hour,
  protocol.text AS protocol,
  counted.sessions,
  counted.login_attempts,
  counted.commands,
  counted.file_downloads,
  counted.file_uploads
FROM (
  SELECT
    (s.first_event_at - :start_us) / 3600000000 AS hour,
    s.protocol_id,
    s.sensor_id,
    COUNT(*) AS sessions,
    SUM(s.login_successes + s.login_failures) AS login_attempts,
    SUM(s.command_count) AS commands,
    SUM(s.file_downloads) AS file_downloads,
    SUM(s.file_uploads) AS file_uploads
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY (s.first_event_at - :start_us) / 3600000000, s.protocol_id, s.sensor_id
) AS counted
LEFT JOIN texts AS protocol ON protocol.id = counted.protocol_id
