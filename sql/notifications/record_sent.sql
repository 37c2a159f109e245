-- The channel took it. What happened while it was being sent is told later. No row where the claim is not the sender's any more.
UPDATE notifications
SET sent_at = :now,
    attempts = 0,
    error = :remark,
    waiting = waiting - :told,
    content = CASE WHEN waiting > :told THEN content END,
    next_attempt_at = CASE WHEN waiting > :told THEN :now + :rest END,
    claim = NULL
WHERE channel = :channel AND subject = :subject AND COALESCE(claim, '') = COALESCE(:claim, '')
