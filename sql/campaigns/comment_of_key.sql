-- What stands behind a key; of several comments the least.
SELECT MIN(comment.text) AS comment
FROM artefact_facts AS a
JOIN texts AS comment ON comment.id = a.comment_id
WHERE a.kind = :kind AND a.value_id = :value_id
