-- Calls that are dated in the future count as made now, and a rest that they ask for begins now.
UPDATE service_calls
SET booked_at = :now, rest_until = rest_until - ended_at + :now
WHERE provider_id = :provider_id AND ended_at > :latest AND booked_at > :now
