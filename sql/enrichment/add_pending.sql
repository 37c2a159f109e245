-- A row for a verdict that is going to be written, so that it can be locked.
INSERT INTO verdict_facts (kind, value_id, provider_id, status, attempts, next_attempt_at)
VALUES (:kind, :value_id, :provider_id, 1, 0, :next_attempt_at)
ON CONFLICT DO NOTHING
