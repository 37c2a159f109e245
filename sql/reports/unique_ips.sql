-- Different source addresses.
SELECT COUNT(DISTINCT s.src_ip_id)
FROM session_facts AS s
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
