-- Calls to a service that count in no window any more, but for the newest by their numbers; and those that were noticed long ago to lie in the future.
DELETE FROM service_calls
WHERE
  provider_id = :provider_id
  AND (
    (
      ended_at < :until
      AND id <= (SELECT c.id FROM service_calls AS c WHERE c.provider_id = :provider_id ORDER BY c.id DESC LIMIT 1 OFFSET :kept)
    )
    OR (ended_at > :latest AND booked_at < :until)
  )
