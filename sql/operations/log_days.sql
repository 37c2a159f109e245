-- The first and the last event of the logs, of those that begin within the bounds; NULL where there is none.
SELECT MIN(first_event_at) AS first_at, MAX(CASE WHEN last_event_at < :end_at THEN last_event_at END) AS last_at
FROM logs
WHERE first_event_at >= :start_at AND first_event_at < :end_at
