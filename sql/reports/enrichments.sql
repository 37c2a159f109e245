-- What is known of the period's files and addresses, by the verdicts of this moment. Rows as in credentials.sql; the list counts hashes.
WITH hashes AS MATERIALIZED (
  SELECT DISTINCT seen.value_id
  FROM changed_days AS d
  CROSS JOIN sightings AS seen
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = :hash_kind AND seen.sensor_id = :sensor_id
),
verdicts AS MATERIALIZED (
  SELECT v.status, v.malicious, v.classification
  FROM hashes
  JOIN texts ON texts.id = hashes.value_id
  JOIN file_verdicts AS v ON v.shasum = texts.text
),
classes AS MATERIALIZED (
  SELECT classification, COUNT(*) AS files FROM verdicts WHERE classification IS NOT NULL GROUP BY classification
),
addresses_seen AS MATERIALIZED (
  SELECT DISTINCT s.src_ip_id
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND EXISTS (SELECT 1 FROM ip_verdicts)
),
judged_addresses AS MATERIALIZED (
  SELECT ip_verdicts.dshield_flagged
  FROM addresses_seen
  JOIN texts ON texts.id = addresses_seen.src_ip_id
  JOIN ip_verdicts ON ip_verdicts.ip = texts.text
)
SELECT 'judged' AS item, NULL AS value, COUNT(*) AS number FROM verdicts WHERE status = 'enriched'
UNION ALL
SELECT 'failed', NULL, COUNT(*) FROM verdicts WHERE status = 'failed'
UNION ALL
SELECT 'skipped', NULL, COUNT(*) FROM verdicts WHERE status = 'skipped'
UNION ALL
SELECT 'malicious', NULL, COUNT(*) FROM verdicts WHERE malicious = 1
UNION ALL
SELECT 'clean', NULL, COUNT(*) FROM verdicts WHERE status = 'enriched' AND COALESCE(malicious, 0) = 0
UNION ALL
SELECT 'unique_classifications', NULL, COUNT(*) FROM classes
UNION ALL
SELECT 'classifications', classification, files
FROM classes
WHERE files >= (SELECT MIN(files) FROM (SELECT files FROM classes ORDER BY files DESC LIMIT :top) AS best)
UNION ALL
SELECT 'judged_addresses', NULL, COUNT(*) FROM judged_addresses
UNION ALL
SELECT 'flagged_addresses', NULL, COUNT(*) FROM judged_addresses WHERE dshield_flagged = 1
