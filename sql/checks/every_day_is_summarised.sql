-- Nothing waits for its summary, and `event_days` has the days that hold events.
SELECT 'waiting' AS problem, event_day, COUNT(*) AS sessions
FROM waiting_sessions
WHERE event_day BETWEEN :first_day AND :last_day
GROUP BY event_day
UNION ALL
SELECT 'not known', days.event_day, NULL
FROM (SELECT DISTINCT event_day FROM events WHERE event_day BETWEEN :first_day AND :last_day) AS days
WHERE NOT EXISTS (SELECT 1 FROM event_days WHERE event_days.event_day = days.event_day)
UNION ALL
SELECT 'no event', event_days.event_day, NULL
FROM event_days
WHERE event_days.event_day BETWEEN :first_day AND :last_day
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.event_day = event_days.event_day)
  AND NOT EXISTS (SELECT 1 FROM seals WHERE seals.session_day = event_days.event_day)
  AND NOT EXISTS (
    SELECT 1
    FROM sealed_hours
    WHERE sealed_hours.event_hour >= CAST(event_days.event_day AS BIGINT) * 24 AND sealed_hours.event_hour < CAST(event_days.event_day AS BIGINT) * 24 + 24
  )
