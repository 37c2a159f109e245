-- What VirusTotal says of the period's files, by the verdicts of this moment. Rows as in credentials.sql; the list counts hashes. CROSS JOIN as in origins.sql.
WITH hashes AS MATERIALIZED (
  SELECT DISTINCT seen.value_id
  FROM changed_days AS d
  CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = :sensor_id
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
),
said AS MATERIALIZED (
  SELECT v.status, v.malicious, v.classification
  FROM hashes
  CROSS JOIN virustotal_verdicts AS v
  WHERE v.shasum_id = hashes.value_id
),
classes AS MATERIALIZED (
  SELECT classification, COUNT(*) AS files FROM said WHERE classification IS NOT NULL GROUP BY classification
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
