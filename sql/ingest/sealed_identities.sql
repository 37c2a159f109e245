-- The identities of sealed days among which those of a step may be, of events that were written on one day; and whether the events have left.
SELECT sealed_identities.identities, CASE WHEN seals.removed_at IS NULL THEN 0 ELSE 1 END AS is_removed
FROM sealed_identities
JOIN seals ON seals.session_day = sealed_identities.session_day
WHERE sealed_identities.written_day = :written_day AND sealed_identities.first_identity <= :greatest AND sealed_identities.last_identity >= :least
