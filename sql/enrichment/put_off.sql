-- A value is not due before then.
UPDATE verdict_facts SET next_attempt_at = :until
WHERE kind = :kind AND value_id = :value_id AND provider_id = :provider_id
