-- What every provider says of some values.
SELECT
  texts.text AS value,
  verdict_providers.name AS provider,
  v.status,
  v.malicious,
  v.label,
  v.positives,
  v.total,
  v.fetched_at,
  v.error
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.kind = :kind AND v.value_id IN (SELECT t.id FROM texts AS t WHERE t.digest IN :digests)
ORDER BY v.value_id, v.provider_id
