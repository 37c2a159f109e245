UPDATE events
SET event_hash = :treated, payload = :payload, src_ip_id = :src_ip_id, username_id = :username_id, password_id = :password_id
WHERE event_hash = :stored
