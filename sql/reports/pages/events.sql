-- The first and the last events of some sessions, in order; of one time, as they stand in their log. `place` counts from 1.
-- Of a very long event only the beginning is given. Identities have bounds: PostgreSQL looks into the months between them.
WITH placed AS MATERIALIZED (
  SELECT
    e.session_ref,
    e.event_hash,
    ROW_NUMBER() OVER (PARTITION BY e.session_ref ORDER BY e.event_at, e.byte_offset, e.event_hash) AS place,
    COUNT(*) OVER (PARTITION BY e.session_ref) AS events
  FROM events AS e
  WHERE e.session_ref IN :sessions AND e.event_hash >= :least AND e.event_hash <= :greatest
)
SELECT
  placed.session_ref,
  placed.place,
  placed.events,
  e.event_at,
  e.counts_as,
  event_types.name AS event_type,
  LENGTH(e.payload) AS characters,
  CASE WHEN LENGTH(e.payload) <= :longest THEN e.payload ELSE SUBSTR(e.payload, 1, :beginning) END AS payload
FROM placed
JOIN events AS e ON e.event_hash = placed.event_hash AND e.event_hash >= :least AND e.event_hash <= :greatest
JOIN event_types ON event_types.id = e.event_type_id
WHERE placed.place <= :first OR placed.place > placed.events - :last
ORDER BY placed.session_ref, placed.place
