-- Those of some values that a provider may be asked about.
SELECT v.value_id, texts.text AS value, v.status, v.attempts, v.next_attempt_at
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
WHERE v.kind = :kind AND v.provider_id = :provider_id AND v.value_id IN :values AND v.next_attempt_at <= :now
ORDER BY v.next_attempt_at DESC, v.value_id DESC
