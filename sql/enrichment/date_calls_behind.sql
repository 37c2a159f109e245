-- Calls that are dated before one that was booked earlier count as made now: the clock was behind. Those of one time may end out of order.
UPDATE service_calls
SET booked_at = :now, ended_at = :now
WHERE
  provider_id = :provider_id
  AND id > (
    SELECT c.id FROM service_calls AS c
    WHERE c.provider_id = :provider_id AND c.ended_at <= :latest
    ORDER BY c.ended_at DESC, c.id DESC
    LIMIT 1
  )
  AND ended_at < (
    SELECT MAX(c.ended_at) FROM service_calls AS c WHERE c.provider_id = :provider_id AND c.ended_at <= :latest
  ) - :longest
