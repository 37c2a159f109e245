-- How many calls to a service count in a window that began.
SELECT COUNT(*) FROM service_calls AS c WHERE c.provider_id = :provider_id AND c.ended_at >= :since
