-- Calls to a service that count in no window any more, or those of a clock that was wrong.
DELETE FROM service_calls WHERE provider_id = :provider_id AND ended_at >= :since AND ended_at < :until
