-- Whatever a provider said or failed to say in the future is due, and so is what is put off for longer than anything is.
UPDATE verdict_facts
SET next_attempt_at = :now
WHERE
  provider_id = :provider_id
  AND next_attempt_at > :now
  AND (fetched_at > :latest OR (next_attempt_at > :longest AND next_attempt_at > COALESCE(expires_at, 0)))
