SELECT
  CASE m.kind
    WHEN 1 THEN 'ssh_key' WHEN 2 THEN 'url' WHEN 3 THEN 'host' WHEN 4 THEN 'wallet' WHEN 5 THEN 'endpoint'
  END AS kind,
  value.text AS value,
  CASE WHEN m.kind IN (1, 4) THEN (
    SELECT MIN(a.subtype) FROM artefact_facts AS a WHERE a.kind = m.kind AND a.value_id = m.value_id
  ) ELSE '' END AS subtype,
  (
    SELECT MIN(comment.text)
    FROM artefact_facts AS a
    JOIN texts AS comment ON comment.id = a.comment_id
    WHERE a.kind = m.kind AND a.value_id = m.value_id
  ) AS comment,
  m.sessions AS sessions,
  utc(m.first_seen) AS first_seen,
  utc(m.last_seen) AS last_seen
FROM (
  SELECT had.kind, had.value_id, COUNT(*) AS sessions, MIN(had.first_event_at) AS first_seen, MAX(had.first_event_at) AS last_seen
  FROM (
    SELECT p.kind, p.value_id, s.session_ref, s.first_event_at
    FROM profile_marks AS p
    JOIN session_profiles AS s ON s.profile = p.profile
    WHERE p.kind <= 5
    UNION
    SELECT a.kind, a.value_id, s.session_ref, s.first_event_at
    FROM artefact_facts AS a
    JOIN downloaded_contents AS c ON c.shasum_id = a.source_id
    JOIN profile_marks AS p ON p.kind = 6 AND p.value_id = a.source_id
    JOIN session_profiles AS s ON s.profile = p.profile
  ) AS had
  GROUP BY had.kind, had.value_id
) AS m
JOIN texts AS value ON value.id = m.value_id
