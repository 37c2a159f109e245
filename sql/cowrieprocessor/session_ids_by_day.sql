-- How many session ids each day has, whichever sensors have them.
SELECT s.session_day AS session_day, COUNT(DISTINCT keys.session_id) AS sessions
FROM session_facts AS s
CROSS JOIN session_keys AS keys
WHERE s.session_day BETWEEN :first_day AND :last_day
  AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND keys.id = s.session_ref
GROUP BY s.session_day
ORDER BY s.session_day
