-- Keys, urls, hosts, wallets or endpoints that sessions of some days named; `evidence`: 2 a download came from it, 1 a program was told
-- to fetch it or to connect to it, 0 it was merely named.
SELECT
  m.value_id AS value_id,
  texts.text AS value,
  COUNT(*) AS sessions,
  COUNT(DISTINCT s.sensor_id) AS sensors,
  (
    SELECT MIN(e.first_event_at)
    FROM profile_marks AS also
    JOIN session_profiles AS e ON e.profile = also.profile
    WHERE also.kind = :kind AND also.value_id = m.value_id
  ) AS first_seen,
  MAX(s.last_event_at) AS last_seen,
  (SELECT MIN(a.subtype) FROM artefact_facts AS a WHERE a.kind = :kind AND a.value_id = m.value_id) AS subtype,
  (
    SELECT MAX(CASE
      WHEN a.subtype = 'itself' AND EXISTS (SELECT 1 FROM file_facts AS f WHERE f.url_id = a.source_id AND f.downloads > 0) THEN 2
      WHEN a.subtype = 'used' THEN 1
      ELSE 0
    END)
    FROM artefact_facts AS a
    WHERE a.kind = :kind AND a.value_id = m.value_id
  ) AS evidence
FROM session_facts AS s
JOIN session_profiles AS p ON p.session_ref = s.session_ref -- looked up by session
JOIN profile_marks AS m ON m.profile = p.profile AND m.kind = :kind -- looked up by profile
JOIN texts ON texts.id = m.value_id
WHERE s.session_day BETWEEN :first AND :last AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
GROUP BY m.value_id, texts.text
ORDER BY texts.text
