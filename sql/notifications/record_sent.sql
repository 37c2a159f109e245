-- The channel took it. What happened while it was being sent is told later.
UPDATE notifications
SET sent_at = :now,
    attempts = 0,
    error = :remark,
    waiting = waiting - :told,
    content = CASE WHEN waiting > :told THEN content END,
    next_attempt_at = CASE WHEN waiting > :told THEN :now + :rest END
WHERE channel = :channel AND subject = :subject
