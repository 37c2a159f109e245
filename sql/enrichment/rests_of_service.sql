-- The calls to a service after which it is left alone still.
SELECT c.outcome, c.ended_at, c.rest_until FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.rest_until > :now
