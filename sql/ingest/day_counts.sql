-- What `events` holds of a day.
SELECT
  COUNT(*) AS events,
  COUNT(DISTINCT session_ref) AS sessions,
  COUNT(DISTINCT sensor_id) AS sensors,
  MIN(event_at) AS first_event_at,
  MAX(event_at) AS last_event_at
FROM events
WHERE event_day = :day
