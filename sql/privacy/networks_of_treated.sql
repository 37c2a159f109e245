-- The networks of a day's addresses, each with what it is treated as; NULL where that is none.
INSERT INTO treated_sightings (kind, old_id, new_id)
SELECT DISTINCT CAST({network_kind} AS INTEGER), before.network_id, now.network_id
FROM treated_texts AS m
JOIN addresses AS before ON before.ip_id = m.old_id
JOIN addresses AS now ON now.ip_id = m.new_id
WHERE m.kind = :kind AND before.network_id IS NOT NULL
