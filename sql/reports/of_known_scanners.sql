-- Whether a known scanner made any session.
SELECT CASE WHEN EXISTS (
  SELECT 1
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND EXISTS (SELECT 1 FROM known_scanners AS k WHERE k.address_id = s.src_ip_id)
) THEN 1 ELSE 0 END AS came
