-- What each service says of some files, told by the digests of their texts. `malicious_since` is when it began to call the file malicious, without
-- a break until now; `first_day` the first day that saw the file, from `known_from` on. CROSS JOIN as in origins.sql.
WITH asked AS MATERIALIZED (
  SELECT texts.id, texts.text FROM texts WHERE texts.digest IN :digests
)
SELECT
  asked.text AS shasum,
  v.provider,
  v.malicious,
  v.label,
  v.description,
  v.positives,
  v.total,
  v.first_seen,
  d.data,
  (
    SELECT MIN(c.changed_at)
    FROM verdict_changes AS c
    WHERE c.kind = 1 AND c.value_id = asked.id AND c.provider_id = v.provider_id AND c.malicious = 1
      AND NOT EXISTS (
        SELECT 1
        FROM verdict_changes AS later
        WHERE later.kind = 1 AND later.value_id = asked.id AND later.provider_id = v.provider_id
          AND later.changed_at > c.changed_at AND COALESCE(later.malicious, 0) = 0
      )
  ) AS malicious_since,
  (
    SELECT MIN(seen.session_day)
    FROM sightings AS seen
    WHERE seen.kind = {hash_kind} AND seen.value_id = asked.id AND seen.sensor_id = :sensor_id
      AND seen.session_day >= :known_from AND seen.session_day < :end_day
  ) AS first_day
FROM asked
CROSS JOIN verdicts_of_files AS v
LEFT JOIN verdict_data AS d ON d.kind = 1 AND d.value_id = asked.id AND d.provider_id = v.provider_id
WHERE v.shasum_id = asked.id
