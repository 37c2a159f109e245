-- Whatever a provider answered is due again.
UPDATE verdict_facts SET next_attempt_at = :now
WHERE provider_id = :provider_id AND kind = :kind AND status = 2 AND next_attempt_at > :now
