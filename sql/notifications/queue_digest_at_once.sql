-- A digest that was asked for: it is tried now, whatever it waited for. One that was sent is sent again only where that was asked for.
-- Nobody's claim stands any more: what is being sent at this moment is not what was asked for.
INSERT INTO notifications (channel, subject, waiting, attempts, next_attempt_at)
VALUES (:channel, :subject, 1, 0, :now)
ON CONFLICT (channel, subject) DO UPDATE SET waiting = 1, next_attempt_at = excluded.next_attempt_at, claim = NULL
WHERE notifications.sent_at IS NULL OR :again = 1
