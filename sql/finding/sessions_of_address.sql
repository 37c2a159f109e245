-- The newest sessions of an address.
SELECT s.session_ref FROM session_facts AS s WHERE s.src_ip_id = :value_id ORDER BY s.session_day DESC LIMIT :most
