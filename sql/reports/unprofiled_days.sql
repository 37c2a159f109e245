-- The days of the period whose sessions campaigns have not taken in.
SELECT d.session_day
FROM (
  SELECT session_day, 0 AS sensor_id, version
  FROM changed_days
  WHERE 0 = :sensor_id AND session_day >= :start_day AND session_day < :end_day
  UNION ALL
  SELECT session_day, sensor_id, version
  FROM sensor_days
  WHERE sensor_id = :sensor_id AND session_day >= :start_day AND session_day < :end_day
) AS d
LEFT JOIN campaign_days AS c ON c.session_day = d.session_day AND c.sensor_id = d.sensor_id
WHERE c.made_from IS NULL OR c.made_from <> d.version
ORDER BY d.session_day
