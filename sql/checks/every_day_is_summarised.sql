-- Nothing waits for its summary, and `event_days` has the days that hold events, each with its newest.
SELECT 'waiting' AS problem, event_day, COUNT(*) AS sessions
FROM waiting_sessions
WHERE event_day BETWEEN :first_day AND :last_day
GROUP BY event_day
UNION ALL
SELECT 'newest event not known', days.event_day, NULL
FROM (SELECT event_day, MAX(id) AS newest FROM events WHERE event_day BETWEEN :first_day AND :last_day GROUP BY event_day) AS days
LEFT JOIN event_days ON event_days.event_day = days.event_day
WHERE COALESCE(event_days.last_event_id, 0) < days.newest
UNION ALL
SELECT 'no event', event_days.event_day, NULL
FROM event_days
WHERE event_days.event_day BETWEEN :first_day AND :last_day
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.event_day = event_days.event_day)
