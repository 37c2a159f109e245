-- Calls to services that are dated in the future and do not count as made yet.
SELECT COUNT(*) AS number, MAX(c.ended_at) AS until
FROM service_calls AS c
WHERE c.ended_at > :latest AND c.booked_at > :now
