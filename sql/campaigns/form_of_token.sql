-- What a form reads as; of several with one token the least.
SELECT MIN(form.text) AS form
FROM artefact_sources AS r
JOIN commands AS m ON m.command_id = r.source_id
JOIN texts AS form ON form.id = m.normalized_id
WHERE r.token = :token
