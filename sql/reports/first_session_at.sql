-- When the first session of the period began; NULL where it has none.
SELECT MIN(s.first_event_at)
FROM session_facts AS s
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
