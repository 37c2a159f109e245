-- The SSH keys that sessions of the period implanted, or had in a file (6) that was examined: by the profiles of these sessions, from what they typed
-- and left. A key is new where no session of any sensor had it before.
WITH had AS MATERIALIZED (
  SELECT s.session_ref, a.value_id, a.subtype, a.comment_id
  FROM session_facts AS s
  CROSS JOIN session_profiles AS sp -- looked up by session_ref = s.session_ref
  CROSS JOIN profile_marks AS m -- looked up by profile = sp.profile AND kind = 1
  CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  CROSS JOIN artefact_facts AS a -- looked up by source_id = c.command_id AND kind = 1 AND value_id = m.value_id
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND sp.session_ref = s.session_ref AND m.profile = sp.profile AND m.kind = 1
    AND c.session_ref = s.session_ref AND a.source_id = c.command_id AND a.kind = 1 AND a.value_id = m.value_id
  UNION ALL
  SELECT s.session_ref, a.value_id, a.subtype, a.comment_id
  FROM session_facts AS s
  CROSS JOIN session_profiles AS sp -- looked up by session_ref = s.session_ref
  CROSS JOIN profile_marks AS m -- looked up by profile = sp.profile AND kind = 6
  CROSS JOIN artefact_facts AS a -- looked up by source_id = m.value_id AND kind = 1
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND sp.session_ref = s.session_ref AND m.profile = sp.profile AND m.kind = 6
    AND a.source_id = m.value_id AND a.kind = 1
),
known AS (
  SELECT had.value_id, COUNT(DISTINCT had.session_ref) AS sessions, MAX(had.subtype) AS subtype, MAX(comment.text) AS comment
  FROM had
  LEFT JOIN texts AS comment ON comment.id = had.comment_id
  GROUP BY had.value_id
)
SELECT
  fingerprint.text AS fingerprint,
  known.subtype,
  known.comment,
  known.sessions,
  CASE
    WHEN EXISTS (
      SELECT 1
      FROM profile_marks AS m
      CROSS JOIN session_profiles AS sp
      WHERE m.kind = 1 AND m.value_id = known.value_id AND sp.profile = m.profile AND sp.first_event_at < :start_us
      LIMIT 1 OFFSET 0
    ) OR EXISTS (
      SELECT 1
      FROM artefact_facts AS a
      CROSS JOIN profile_marks AS m
      CROSS JOIN session_profiles AS sp
      WHERE a.kind = 1 AND a.value_id = known.value_id AND m.kind = 6 AND m.value_id = a.source_id
        AND sp.profile = m.profile AND sp.first_event_at < :start_us
      LIMIT 1 OFFSET 0
    ) THEN 0
    ELSE 1
  END AS is_new
FROM known
JOIN texts AS fingerprint ON fingerprint.id = known.value_id
