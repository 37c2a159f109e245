-- Dead letters by reason, without those resolved since, of the logs whose first event lies in the period.
SELECT d.reason AS reason, COUNT(*) AS dead_letters
FROM logs AS l
JOIN dead_letters AS d ON d.log_id = l.id AND d.resolved_at IS NULL
WHERE l.first_event_at >= :start_us AND l.first_event_at < :end_us AND (:sensor_id = 0 OR l.sensor_id = :sensor_id)
GROUP BY d.reason
