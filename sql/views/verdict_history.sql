SELECT
  CASE c.kind WHEN 1 THEN 'file' WHEN 2 THEN 'address' WHEN 3 THEN 'password' END AS kind,
  texts.text AS value,
  verdict_providers.name AS provider,
  utc(c.changed_at) AS changed_at,
  CASE c.status WHEN 1 THEN 'pending' WHEN 2 THEN 'enriched' WHEN 3 THEN 'failed' WHEN 4 THEN 'skipped' END AS status,
  c.malicious AS malicious,
  c.score AS score,
  c.label AS label,
  c.positives AS positives,
  c.total AS total,
  utc(c.first_seen) AS first_seen
FROM verdict_changes AS c
JOIN texts ON texts.id = c.value_id
JOIN verdict_providers ON verdict_providers.id = c.provider_id
