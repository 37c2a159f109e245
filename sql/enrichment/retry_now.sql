-- A value that a provider failed for last is tried again as early as it may be.
UPDATE verdict_facts SET next_attempt_at = :next_attempt_at
WHERE kind = :kind AND value_id = :value_id AND provider_id = :provider_id
  AND status IN (2, 3) AND error IS NOT NULL AND next_attempt_at > :next_attempt_at
