SELECT
  v.value_id AS shasum_id,
  v.provider_id AS provider_id,
  verdict_providers.name AS provider,
  v.malicious AS malicious,
  v.label AS label,
  v.description AS description,
  v.positives AS positives,
  v.total AS total,
  v.first_seen AS first_seen
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = 1 AND v.status = 2
