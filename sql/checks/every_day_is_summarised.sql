-- Nothing waits for its summary, `event_days` has the days that hold events, and `changed_days` knows how many sessions a day has.
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
UNION ALL
SELECT 'sessions', s.session_day, COUNT(*)
FROM session_facts AS s
LEFT JOIN changed_days AS d ON d.session_day = s.session_day
WHERE s.session_day BETWEEN :first_day AND :last_day
GROUP BY s.session_day, d.sessions
HAVING COUNT(*) <> COALESCE(d.sessions, 0)
UNION ALL
SELECT 'no session', d.session_day, d.sessions
FROM changed_days AS d
WHERE d.session_day BETWEEN :first_day AND :last_day AND d.sessions <> 0
  AND NOT EXISTS (SELECT 1 FROM session_facts AS s WHERE s.session_day = d.session_day)
