-- How long the queues are: days and sessions that wait for their summaries, documents and messages that will be sent again.
SELECT
  (SELECT COUNT(DISTINCT event_day) FROM waiting_sessions) AS pending_days,
  (SELECT COUNT(*) FROM waiting_sessions) AS waiting_sessions,
  (SELECT COUNT(*) FROM publications WHERE next_attempt_at IS NOT NULL) AS waiting_publications,
  (SELECT COUNT(*) FROM notifications WHERE next_attempt_at IS NOT NULL) AS waiting_notifications
