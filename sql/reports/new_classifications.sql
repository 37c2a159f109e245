-- What VirusTotal calls the period's files and none of the files from `compared_from` to before it, by the verdicts of this moment.
WITH classes AS MATERIALIZED (
  SELECT DISTINCT CASE WHEN d.session_day >= :start_day THEN 1 ELSE 0 END AS in_period, v.classification AS classification
  FROM changed_days AS d
  CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = :sensor_id
  JOIN virustotal_verdicts AS v ON v.shasum_id = seen.value_id
  WHERE d.session_day >= :compared_from AND d.session_day < :end_day
    AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
    AND v.classification IS NOT NULL
    AND EXISTS (SELECT 1 FROM virustotal_verdicts AS any_verdict WHERE any_verdict.classification IS NOT NULL)
)
SELECT classification FROM classes WHERE in_period = 1
EXCEPT
SELECT classification FROM classes WHERE in_period = 0
