-- What services say of some files or addresses: whether any calls it malicious, and the label of the one that does.
SELECT v.value_id AS value_id, MAX(v.malicious) AS malicious, MIN(CASE WHEN v.malicious = 1 THEN v.label END) AS label
FROM verdict_facts AS v
WHERE v.kind = :kind AND v.status = 2 AND v.value_id IN :ids
GROUP BY v.value_id
