-- What is kept of addresses that no session has: their events left, or were treated.
DELETE FROM tag_facts WHERE NOT EXISTS (SELECT 1 FROM session_facts AS s WHERE s.src_ip_id = tag_facts.address_id)
