UPDATE session_facts
SET
  username_id = (SELECT m.new_id FROM treated_texts AS m WHERE m.kind = :kind AND m.old_id = session_facts.username_id),
  password_id = (SELECT m.new_id FROM treated_texts AS m WHERE m.kind = :kind AND m.old_id = session_facts.password_id)
WHERE session_day = :day
