-- Some sessions of the days, drawn at random, as they are summarised; not those of sealed days, whose events may have left.
SELECT
  s.session_ref AS session_ref, s.session_day AS session_day, s.sensor_id AS sensor_id, sensors.name AS sensor, session_keys.session_id AS session_id,
  s.event_count AS event_count, s.command_count AS command_count, s.login_successes AS login_successes, s.login_failures AS login_failures,
  s.file_downloads AS file_downloads, s.file_downloads_failed AS file_downloads_failed, s.file_uploads AS file_uploads, s.closed AS closed,
  s.first_event_at AS first_event_at, s.last_event_at AS last_event_at, src_ip.text AS src_ip
FROM (
  SELECT session_ref
  FROM session_facts
  WHERE session_day BETWEEN :first_day AND :last_day AND session_day NOT IN (SELECT session_day FROM seals)
  ORDER BY RANDOM()
  LIMIT :number
) AS drawn
JOIN session_facts AS s ON s.session_ref = drawn.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
