-- The last call to a service that gave no answer.
SELECT c.error, c.ended_at, c.outcome FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at <= :latest AND c.error IS NOT NULL
ORDER BY c.ended_at DESC, c.id DESC
LIMIT 1
