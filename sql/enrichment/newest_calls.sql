-- When the calls to a service ended that count in the minute, the last first: no more of them than fill it.
SELECT c.ended_at FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at > :since
ORDER BY c.ended_at DESC
LIMIT :most
