-- Files that sessions of some days left or fetched, by their SHA-256.
SELECT
  f.shasum_id AS value_id,
  texts.text AS value,
  COUNT(*) AS sessions,
  COUNT(DISTINCT s.sensor_id) AS sensors,
  (SELECT MIN(e.first_seen) FROM file_facts AS e WHERE e.shasum_id = f.shasum_id) AS first_seen,
  MAX(s.last_event_at) AS last_seen,
  MAX(CASE WHEN f.uploads > 0 THEN 1 ELSE 0 END) AS uploaded
FROM session_facts AS s
JOIN file_facts AS f ON f.session_ref = s.session_ref -- looked up by session
JOIN texts ON texts.id = f.shasum_id
WHERE s.session_day BETWEEN :first AND :last AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
GROUP BY f.shasum_id, texts.text
ORDER BY texts.text
