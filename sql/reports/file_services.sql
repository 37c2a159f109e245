-- How many of the period's files each service answered for, by what it says. CROSS JOIN as in origins.sql.
WITH hashes AS MATERIALIZED (
  SELECT DISTINCT seen.value_id
  FROM changed_days AS d
  CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = :sensor_id
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
    AND EXISTS (SELECT 1 FROM verdict_changes AS c WHERE c.kind = 1)
)
SELECT v.provider, v.label, v.malicious, COUNT(*) AS files
FROM hashes
CROSS JOIN verdicts_of_files AS v
WHERE v.shasum_id = hashes.value_id
GROUP BY v.provider, v.label, v.malicious
