-- When a provider first answered about some values, and first said when it was given them.
SELECT
  c.value_id,
  MIN(c.changed_at) AS answered_at,
  MIN(CASE WHEN c.first_seen IS NOT NULL THEN c.changed_at END) AS known_at
FROM verdict_changes AS c
WHERE c.kind = :kind AND c.provider_id = :provider_id AND c.value_id IN :values AND c.status = 2
GROUP BY c.value_id
