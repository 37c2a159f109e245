-- How the last call to a service ended that got through to it.
SELECT c.outcome, c.rest_until FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at <= :latest AND c.outcome <> 2
ORDER BY c.ended_at DESC, c.id DESC
LIMIT 1
