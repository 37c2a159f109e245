-- The channel did not take it.
UPDATE notifications
SET attempts = attempts + 1, error = :error, next_attempt_at = :next_attempt_at
WHERE channel = :channel AND subject = :subject
