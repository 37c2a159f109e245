-- The hours of a sealed day's events that lie on another day.
INSERT INTO sealed_hours (session_day, event_hour, sensor_id)
SELECT DISTINCT
  s.session_day,
  CAST((e.event_at - (e.event_at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS INTEGER),
  e.sensor_id
FROM session_facts AS s
CROSS JOIN events AS e
WHERE e.session_ref = s.session_ref AND s.session_day = :day AND e.event_day <> :day
