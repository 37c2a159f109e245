-- Of some keys when the next session with each begins, from a moment on.
SELECT n.value_id, MIN(n.first_event_at) AS first_event_at
FROM (
  SELECT
    had.value_id,
    (SELECT MIN(s.first_event_at) FROM session_profiles AS s WHERE s.profile = had.profile AND s.first_event_at >= :start) AS first_event_at
  FROM (
    SELECT value_id, profile
    FROM profile_marks
    WHERE kind = 1 AND value_id IN :keys
    UNION
    SELECT a.value_id, m.profile
    FROM artefact_facts AS a
    CROSS JOIN profile_marks AS m
    WHERE a.kind = 1 AND a.value_id IN :keys AND m.kind = 6 AND m.value_id = a.source_id
  ) AS had
) AS n
GROUP BY n.value_id
