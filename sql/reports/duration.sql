-- The duration at a place (offset 0 is the first) among the sessions that lasted from one duration to below another: only those are put in order.
SELECT s.duration_us
FROM session_facts AS s
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND s.duration_us >= :from_us AND s.duration_us < :to_us
ORDER BY s.duration_us
LIMIT 1 OFFSET :offset
