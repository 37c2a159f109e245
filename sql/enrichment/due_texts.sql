-- All values that a provider may be asked about.
SELECT texts.text AS value
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
WHERE v.provider_id = :provider_id AND v.kind = :kind AND v.next_attempt_at <= :now
