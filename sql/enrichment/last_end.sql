-- How the last call to a service ended.
SELECT c.outcome FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at <= :latest AND c.outcome IS NOT NULL
ORDER BY c.ended_at DESC, c.id DESC
LIMIT 1
