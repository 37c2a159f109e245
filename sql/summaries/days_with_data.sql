-- The days from one to another that hold events, and those on which a summary places anything, rightly or not.
-- From each day the next is one look into an index: no row of a day is counted or read but its first.
WITH RECURSIVE
of_events (day) AS (
  SELECT (SELECT MIN(event_day) FROM events WHERE event_day >= :first_day)
  UNION ALL
  SELECT (SELECT MIN(e.event_day) FROM events AS e WHERE e.event_day > of_events.day)
  FROM of_events
  WHERE of_events.day < :last_day
),
of_sessions (day) AS (
  SELECT (SELECT MIN(session_day) FROM session_facts WHERE session_day >= :first_day)
  UNION ALL
  SELECT (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.session_day > of_sessions.day)
  FROM of_sessions
  WHERE of_sessions.day < :last_day
),
of_sightings (day) AS (
  SELECT (SELECT MIN(session_day) FROM sightings WHERE session_day >= :first_day)
  UNION ALL
  SELECT (SELECT MIN(s.session_day) FROM sightings AS s WHERE s.session_day > of_sightings.day)
  FROM of_sightings
  WHERE of_sightings.day < :last_day
),
of_hours (hour) AS (
  SELECT (SELECT MIN(event_hour) FROM active_hours WHERE event_hour >= CAST(:first_day AS BIGINT) * 24)
  UNION ALL
  SELECT (
    SELECT MIN(h.event_hour)
    FROM active_hours AS h
    WHERE h.event_hour >= of_hours.hour - (of_hours.hour % 24 + 24) % 24 + 24
  )
  FROM of_hours
  WHERE of_hours.hour < CAST(:last_day AS BIGINT) * 24
)
SELECT day FROM of_events WHERE day <= :last_day
UNION
SELECT day FROM of_sessions WHERE day <= :last_day
UNION
SELECT day FROM of_sightings WHERE day <= :last_day
UNION
SELECT (hour - (hour % 24 + 24) % 24) / 24 FROM of_hours WHERE hour < CAST(:last_day AS BIGINT) * 24 + 24
ORDER BY 1
