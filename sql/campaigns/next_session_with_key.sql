-- When the next session with a key begins, from a moment on.
SELECT MIN(s.first_event_at)
FROM (
  SELECT profile
  FROM profile_marks
  WHERE kind = 1 AND value_id = :key
  UNION
  SELECT m.profile
  FROM artefact_facts AS a
  CROSS JOIN profile_marks AS m
  WHERE a.kind = 1 AND a.value_id = :key AND m.kind = 6 AND m.value_id = a.source_id
) AS had
CROSS JOIN session_profiles AS s
WHERE s.profile = had.profile AND s.first_event_at >= :start
