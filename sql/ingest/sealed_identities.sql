-- The identities of sealed days among which those of a step may be, of events that were written on one day.
SELECT session_day, identities
FROM sealed_identities
WHERE written_day = :written_day AND first_identity <= :greatest AND last_identity >= :least
