-- The days with something that the summaries have not taken in.
SELECT DISTINCT event_day FROM waiting_sessions ORDER BY event_day
