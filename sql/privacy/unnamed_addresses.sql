-- The addresses that were treated and that no session has as they were written.
INSERT INTO unnamed_values (id)
SELECT m.old_id
FROM treated_texts AS m
WHERE m.kind = :kind AND NOT EXISTS (SELECT 1 FROM session_facts AS s WHERE s.src_ip_id = m.old_id)
