INSERT INTO treated_sightings (kind, old_id, new_id)
SELECT CAST({password_kind} AS INTEGER), old_id, new_id
FROM treated_texts
WHERE kind = :kind
