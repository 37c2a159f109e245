-- What is known of the period's files and addresses, by the verdicts of this moment. Rows as in credentials.sql; the list counts hashes.
WITH hashes AS MATERIALIZED (
  SELECT DISTINCT seen.value_id
  FROM changed_days AS d
  CROSS JOIN sightings AS seen
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
),
said AS MATERIALIZED (
  SELECT v.status, v.malicious, v.classification
  FROM hashes
  JOIN virustotal_verdicts AS v ON v.shasum_id = hashes.value_id
),
classes AS MATERIALIZED (
  SELECT classification, COUNT(*) AS files FROM said WHERE classification IS NOT NULL GROUP BY classification
),
addresses_seen AS MATERIALIZED (
  SELECT DISTINCT s.src_ip_id
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND EXISTS (SELECT 1 FROM dshield_verdicts)
),
judged_addresses AS MATERIALIZED (
  SELECT v.listed
  FROM addresses_seen
  JOIN dshield_verdicts AS v ON v.src_ip_id = addresses_seen.src_ip_id
)
SELECT 'judged' AS item, NULL AS value, COUNT(*) AS number FROM said WHERE status = 'enriched' AND malicious IS NOT NULL
UNION ALL
SELECT 'unknown', NULL, COUNT(*) FROM said WHERE status = 'enriched' AND malicious IS NULL
UNION ALL
SELECT 'failed', NULL, COUNT(*) FROM said WHERE status = 'failed'
UNION ALL
SELECT 'skipped', NULL, COUNT(*) FROM said WHERE status = 'skipped'
UNION ALL
SELECT 'malicious', NULL, COUNT(*) FROM said WHERE malicious = 1
UNION ALL
SELECT 'clean', NULL, COUNT(*) FROM said WHERE malicious = 0
UNION ALL
SELECT 'unique_classifications', NULL, COUNT(*) FROM classes
UNION ALL
SELECT 'classifications', classification, files
FROM classes
WHERE files >= (SELECT MIN(files) FROM (SELECT files FROM classes ORDER BY files DESC LIMIT :top) AS best)
UNION ALL
SELECT 'judged_addresses', NULL, COUNT(*) FROM judged_addresses
UNION ALL
SELECT 'flagged_addresses', NULL, COUNT(*) FROM judged_addresses WHERE listed = 1
