-- The same counted as cowrieprocessor counts: by words in an event's type, whatever the event means.
SELECT
  s.session_day AS session_day,
  COUNT(DISTINCT keys.session_id) AS sessions,
  COUNT(*) AS events,
  CAST(SUM(CASE WHEN types.name LIKE '%command%' THEN 1 ELSE 0 END) AS BIGINT) AS commands,
  CAST(SUM(CASE WHEN types.name LIKE '%login%' THEN 1 ELSE 0 END) AS BIGINT) AS login_attempts,
  CAST(
    SUM(CASE WHEN types.name LIKE '%file_download%' OR types.name LIKE '%cowrie.session.file%' THEN 1 ELSE 0 END) AS BIGINT
  ) AS file_downloads
FROM session_facts AS s
CROSS JOIN events AS e -- looked up by session_ref = s.session_ref
CROSS JOIN event_types AS types
CROSS JOIN session_keys AS keys
WHERE s.session_day BETWEEN :first_day AND :last_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND e.session_ref = s.session_ref AND types.id = e.event_type_id AND keys.id = s.session_ref
GROUP BY s.session_day
ORDER BY s.session_day
