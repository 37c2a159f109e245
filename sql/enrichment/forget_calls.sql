-- Calls that count in no window any more, and those of a clock that was wrong.
DELETE FROM service_calls WHERE ended_at < :before OR ended_at > :ahead
