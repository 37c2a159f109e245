-- Whether the scope's sessions of the period come to at most so many events: more sessions than that are not looked at, for each has one at least.
SELECT CASE WHEN COALESCE(SUM(few.event_count), 0) <= :most THEN 1 ELSE 0 END
FROM (
  SELECT s.event_count
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  LIMIT :most + 1
) AS few
