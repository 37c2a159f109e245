-- The calls to a service after which it is left alone still; those of the future are passed over until that is noticed.
SELECT c.outcome, c.ended_at, c.rest_until FROM service_calls AS c
WHERE
  c.provider_id = :provider_id AND c.rest_until > :now
  AND (c.ended_at <= :latest OR c.booked_at <= :now)
