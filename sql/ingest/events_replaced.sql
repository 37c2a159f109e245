-- The events of a log in whose place a later reading of it stored another event.
SELECT old.id AS id, old.event_hash AS event_hash, old.payload AS payload, old.session_ref AS session_ref, old.event_day AS event_day
FROM events AS old
WHERE old.event_day BETWEEN :first_day AND :last_day
  AND old.log_id = :log_id
  AND old.byte_offset IN (
    SELECT byte_offset
    FROM events
    WHERE event_day BETWEEN :first_day AND :last_day AND log_id = :log_id
    GROUP BY byte_offset
    HAVING COUNT(*) > 1
  )
