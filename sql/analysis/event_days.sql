-- The days with events between two days.
SELECT event_days.event_day AS day
FROM event_days
WHERE event_days.event_day BETWEEN :first_day AND :last_day
ORDER BY event_days.event_day
