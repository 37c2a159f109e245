-- PostgreSQL: which of some events are stored; `identities` are 16 bytes each. A look-up in the index for each: a list of thousands is planned for
-- longer than that takes. The bounds leave out other months' partitions as the statement is planned.
SELECT given.event_hash
FROM (
  SELECT substring(CAST(:identities AS BYTEA) FROM place FOR 16) AS event_hash
  FROM generate_series(1, octet_length(CAST(:identities AS BYTEA)), 16) AS place
) AS given
JOIN LATERAL (
  SELECT 1 AS one
  FROM events
  WHERE event_hash = given.event_hash AND event_hash BETWEEN :least AND :greatest
  OFFSET 0
) AS stored ON TRUE
