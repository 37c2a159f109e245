-- What each service says of some files and addresses, and when it was asked last.
SELECT
  'file' AS kind,
  v.value_id,
  verdict_providers.name AS provider,
  v.malicious,
  v.label,
  v.description,
  v.positives,
  v.total,
  v.first_seen,
  v.fetched_at
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = 1 AND v.value_id IN :files AND v.status = 2
UNION ALL
SELECT
  'address',
  v.value_id,
  verdict_providers.name,
  v.malicious,
  v.label,
  v.description,
  v.positives,
  v.total,
  v.first_seen,
  v.fetched_at
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = 2 AND v.value_id IN :addresses AND v.status = 2
