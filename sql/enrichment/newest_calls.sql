-- When the calls to a service ended that count in the minute, the last first: no more of them than fill it. As in count_calls.sql.
SELECT CASE WHEN c.ended_at <= :latest THEN c.ended_at WHEN c.booked_at < :now THEN c.booked_at ELSE :now END AS ended_at
FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at > :since AND (c.ended_at <= :latest OR c.booked_at > :since)
ORDER BY 1 DESC
LIMIT :most
