-- How many calls to a service count in a window that began. One that is dated in the future counts as made when that was noticed.
SELECT COUNT(*)
FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.ended_at >= :since AND (c.ended_at <= :latest OR c.booked_at >= :since)
