-- The channel did not take it. No row where the claim is not the sender's any more.
UPDATE notifications
SET attempts = attempts + 1, error = :error, next_attempt_at = :next_attempt_at, claim = NULL
WHERE channel = :channel AND subject = :subject AND COALESCE(claim, '') = COALESCE(:claim, '')
