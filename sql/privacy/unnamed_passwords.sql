-- The passwords that were treated and that no day has as they were written.
INSERT INTO unnamed_values (id)
SELECT m.old_id
FROM treated_texts AS m
WHERE m.kind = :kind AND NOT EXISTS (SELECT 1 FROM sightings AS s WHERE s.kind = {password_kind} AND s.value_id = m.old_id)
