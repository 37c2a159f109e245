-- What services and lists say of some values of a kind.
SELECT
  verdict_providers.name AS service,
  v.malicious,
  v.label,
  v.description,
  v.positives,
  v.total,
  v.first_seen,
  v.fetched_at
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = :kind AND v.value_id IN :values AND v.status = 2
ORDER BY service, v.value_id
