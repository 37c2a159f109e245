-- "The sessions of `raw_events` and those here are the same set, both ways."
SELECT
  (SELECT MIN(event_day) FROM events WHERE events.session_ref = raw.session_ref) AS session_day,
  raw.session_ref AS session_ref,
  'missing in session_summaries' AS problem
FROM (SELECT DISTINCT session_ref FROM events WHERE session_ref IS NOT NULL AND event_day BETWEEN :first_day AND :last_day) AS raw
LEFT JOIN session_facts ON session_facts.session_ref = raw.session_ref
WHERE session_facts.session_ref IS NULL
UNION ALL
SELECT session_facts.session_day, session_facts.session_ref, 'has no event'
FROM session_facts
WHERE session_facts.session_day BETWEEN :first_day AND :last_day
  AND session_facts.session_day NOT IN (SELECT session_day FROM seals) -- their events may have left; the seal tells what is right
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_ref = session_facts.session_ref)
