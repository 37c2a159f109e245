-- Until when a service is to be left alone; NULL where it is not. Calls of the future are passed over until that is noticed.
SELECT MAX(c.rest_until) FROM service_calls AS c
WHERE
  c.provider_id = :provider_id AND c.rest_until > :now AND c.outcome <> :passed_over
  AND (c.ended_at <= :latest OR c.booked_at <= :now)
