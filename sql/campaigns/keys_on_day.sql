-- The keys of the sessions that have a profile and began in a stretch of time: their own, and those that their files (6) name.
SELECT m.value_id
FROM session_profiles AS s
CROSS JOIN profile_marks AS m
WHERE s.first_event_at >= :start AND s.first_event_at < :end AND m.profile = s.profile AND m.kind = 1
UNION
SELECT a.value_id
FROM session_profiles AS s
CROSS JOIN profile_marks AS m
CROSS JOIN artefact_facts AS a
WHERE s.first_event_at >= :start AND s.first_event_at < :end AND m.profile = s.profile AND m.kind = 6
  AND a.source_id = m.value_id AND a.kind = 1
