-- What services say of the period's files that they call malicious, and that no day from `compared_from` to before the period saw.
-- CROSS JOIN as in origins.sql.
WITH hashes AS MATERIALIZED (
  SELECT DISTINCT seen.value_id
  FROM changed_days AS d
  CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = :sensor_id
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
)
SELECT texts.text AS shasum, v.provider, v.label, v.positives, v.total
FROM hashes
CROSS JOIN verdicts_of_files AS v
JOIN texts ON texts.id = hashes.value_id
WHERE v.shasum_id = hashes.value_id AND v.malicious = 1 AND NOT EXISTS (
  SELECT 1
  FROM sightings AS earlier
  WHERE earlier.kind = {hash_kind} AND earlier.value_id = hashes.value_id AND earlier.sensor_id = :sensor_id
    AND earlier.session_day >= :compared_from AND earlier.session_day + 0 < :start_day
  LIMIT 1 OFFSET 0
)
