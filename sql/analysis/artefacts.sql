-- What of an attacker's own the sessions of a day named, in commands or in files that they moved.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE had.kind
    WHEN 1 THEN 'ssh_key' WHEN 2 THEN 'url' WHEN 3 THEN 'host' WHEN 4 THEN 'wallet' WHEN 5 THEN 'endpoint'
  END AS kind,
  value.text AS value,
  CASE WHEN had.kind IN (1, 4) THEN (
    SELECT MIN(a.subtype) FROM artefact_facts AS a WHERE a.kind = had.kind AND a.value_id = had.value_id
  ) ELSE '' END AS subtype,
  (
    SELECT MIN(comment.text)
    FROM artefact_facts AS a
    JOIN texts AS comment ON comment.id = a.comment_id
    WHERE a.kind = had.kind AND a.value_id = had.value_id
  ) AS comment
FROM (
  SELECT d.session_ref, m.kind, m.value_id
  FROM session_facts AS d
  JOIN session_profiles AS p ON p.session_ref = d.session_ref
  JOIN profile_marks AS m ON m.profile = p.profile
  WHERE d.session_day = :day AND (:sensor_id = 0 OR d.sensor_id = :sensor_id) AND m.kind <= 5
  UNION
  SELECT d.session_ref, a.kind, a.value_id
  FROM session_facts AS d
  JOIN session_profiles AS p ON p.session_ref = d.session_ref
  JOIN profile_marks AS m ON m.profile = p.profile AND m.kind = 6
  JOIN downloaded_contents AS c ON c.shasum_id = m.value_id
  JOIN artefact_facts AS a ON a.source_id = m.value_id
  WHERE d.session_day = :day AND (:sensor_id = 0 OR d.sensor_id = :sensor_id)
) AS had
JOIN session_facts AS s ON s.session_ref = had.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS value ON value.id = had.value_id
ORDER BY s.first_event_at, s.session_ref, had.kind, value.text
