-- What events of a session say of its recordings and of the size of its terminal, and which logs they stand in.
SELECT event_types.name AS event_type, e.payload, logs.path AS log_path
FROM events AS e
JOIN event_types ON event_types.id = e.event_type_id
JOIN logs ON logs.id = e.log_id
WHERE e.session_ref = :session_ref AND event_types.name IN ('cowrie.log.closed', 'cowrie.client.size')
  AND LENGTH(e.payload) <= :longest
ORDER BY e.event_at, e.byte_offset
LIMIT :most
