-- Days with something that the summaries have not taken in; those beside the period too, for a session spans midnight.
SELECT DISTINCT event_day
FROM waiting_sessions
WHERE event_day >= :start_day - 1 AND event_day <= :end_day
ORDER BY event_day
