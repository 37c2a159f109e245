UPDATE session_facts
SET src_ip_id = (SELECT m.new_id FROM treated_texts AS m WHERE m.kind = :kind AND m.old_id = session_facts.src_ip_id)
WHERE session_day = :day AND src_ip_id IS NOT NULL
