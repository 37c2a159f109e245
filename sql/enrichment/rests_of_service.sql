-- The calls to a service after which it is left alone still, which is until it answers one that was booked since; those
-- of the future are passed over until that is noticed.
SELECT c.outcome, c.ended_at, c.rest_until FROM service_calls AS c
WHERE
  c.provider_id = :provider_id AND c.rest_until > :now
  AND (c.ended_at <= :latest OR c.booked_at <= :now)
  AND NOT EXISTS (
    SELECT 1 FROM service_calls AS answered
    WHERE
      answered.provider_id = c.provider_id AND answered.ended_at > c.ended_at AND answered.booked_at > c.ended_at
      AND answered.outcome = 1
  )
