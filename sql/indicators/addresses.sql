-- Addresses from which sessions of some days came, by their texts: how often, from how many sensors' sight, and what they did there;
-- none of days whose addresses were treated.
SELECT
  s.src_ip_id AS value_id,
  texts.text AS value,
  COUNT(*) AS sessions,
  COUNT(DISTINCT s.sensor_id) AS sensors,
  (SELECT MIN(e.first_event_at) FROM session_facts AS e WHERE e.src_ip_id = s.src_ip_id) AS first_seen,
  MAX(s.last_event_at) AS last_seen,
  MAX(CASE WHEN s.login_successes > 0 THEN 1 ELSE 0 END) AS logged_in,
  MAX(CASE WHEN s.command_count > 0 THEN 1 ELSE 0 END) AS ran_commands,
  MAX(CASE WHEN s.file_downloads + s.file_uploads > 0 THEN 1 ELSE 0 END) AS left_files
FROM session_facts AS s
JOIN texts ON texts.id = s.src_ip_id
WHERE s.session_day BETWEEN :first AND :last AND (:sensor_id = 0 OR s.sensor_id = :sensor_id) AND s.session_day NOT IN (SELECT t.session_day FROM treated_days AS t WHERE t.kind = 2)
GROUP BY s.src_ip_id, texts.text
ORDER BY texts.text
