SELECT
  CASE v.kind WHEN 1 THEN 'file' WHEN 2 THEN 'address' WHEN 3 THEN 'password' END AS kind,
  texts.text AS value,
  verdict_providers.name AS provider,
  CASE v.status WHEN 1 THEN 'pending' WHEN 2 THEN 'enriched' WHEN 3 THEN 'failed' WHEN 4 THEN 'skipped' END AS status,
  v.malicious AS malicious,
  (
    SELECT utc(said.since)
    FROM (
      SELECT MIN(c.changed_at) AS since
      FROM verdict_changes AS c
      WHERE c.kind = v.kind AND c.value_id = v.value_id AND c.provider_id = v.provider_id AND v.malicious = 1
        AND c.changed_at > COALESCE(
          (
            SELECT MAX(o.changed_at)
            FROM verdict_changes AS o
            WHERE o.kind = v.kind AND o.value_id = v.value_id AND o.provider_id = v.provider_id
              AND COALESCE(o.malicious, 0) = 0
          ),
          0
        )
    ) AS said
  ) AS malicious_since,
  v.score AS score,
  v.label AS label,
  v.description AS description,
  v.positives AS positives,
  v.total AS total,
  utc(v.first_seen) AS first_seen,
  utc(v.last_analysis) AS last_analysis,
  utc(v.scanned_at) AS scanned_at,
  d.data AS data,
  utc(v.fetched_at) AS fetched_at,
  utc(v.changed_at) AS changed_at,
  utc(v.expires_at) AS expires_at,
  v.attempts AS attempts,
  utc(v.next_attempt_at) AS next_attempt_at,
  v.error AS error
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
JOIN verdict_providers ON verdict_providers.id = v.provider_id
LEFT JOIN verdict_data AS d ON d.kind = v.kind AND d.value_id = v.value_id AND d.provider_id = v.provider_id
