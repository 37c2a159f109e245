-- A digest that is to be sent; where it was queued or sent before, that stands.
INSERT INTO notifications (channel, subject, waiting, attempts, next_attempt_at)
VALUES (:channel, :subject, 1, 0, :now)
ON CONFLICT (channel, subject) DO NOTHING
