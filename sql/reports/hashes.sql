-- The different SHA-256 that any sensor saw in the period.
SELECT DISTINCT seen.value_id, texts.text AS shasum
FROM changed_days AS d
CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = 0
JOIN texts ON texts.id = seen.value_id
WHERE d.session_day >= :start_day AND d.session_day < :end_day
  AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = 0
