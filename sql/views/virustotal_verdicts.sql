SELECT
  v.value_id AS shasum_id,
  CASE v.status WHEN 1 THEN 'pending' WHEN 2 THEN 'enriched' WHEN 3 THEN 'failed' WHEN 4 THEN 'skipped' END AS status,
  v.label AS classification,
  v.description AS description,
  v.malicious AS malicious,
  v.first_seen AS first_seen,
  v.last_analysis AS last_analysis,
  v.positives AS positives,
  v.total AS total,
  v.scanned_at AS scanned_at,
  v.fetched_at AS fetched_at
FROM verdict_facts AS v
WHERE v.kind = 1 AND v.provider_id = 1
