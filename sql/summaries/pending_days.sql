-- The days with something that the summaries have not taken in; each is one look into the index, however many sessions wait.
WITH RECURSIVE days(event_day) AS (
  SELECT MIN(event_day) FROM waiting_sessions
  UNION ALL
  SELECT (SELECT MIN(later.event_day) FROM waiting_sessions AS later WHERE later.event_day > days.event_day)
  FROM days
  WHERE days.event_day IS NOT NULL
)
SELECT event_day FROM days WHERE event_day IS NOT NULL ORDER BY event_day
