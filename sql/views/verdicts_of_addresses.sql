SELECT
  v.value_id AS address_id,
  verdict_providers.name AS provider,
  v.malicious AS malicious,
  v.label AS label
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = 2 AND v.status = 2
