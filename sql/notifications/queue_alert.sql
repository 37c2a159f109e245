-- One more occurrence of what an alert is about: told now, or an hour after the last time it was told.
INSERT INTO notifications (channel, subject, waiting, content, attempts, next_attempt_at)
VALUES (:channel, :subject, 1, :content, 0, :now)
ON CONFLICT (channel, subject) DO UPDATE
SET waiting = notifications.waiting + 1,
    content = excluded.content,
    next_attempt_at = COALESCE(
        notifications.next_attempt_at,
        CASE WHEN notifications.sent_at + :rest > :now THEN notifications.sent_at + :rest ELSE :now END
    )
