-- The values of one status that a provider may be asked about, those of the newest time first.
SELECT v.value_id, texts.text AS value, v.status, v.attempts, v.next_attempt_at
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
WHERE v.provider_id = :provider_id AND v.kind = :kind AND v.status = :status AND v.next_attempt_at <= :now
ORDER BY v.next_attempt_at DESC, v.value_id DESC
LIMIT :most
