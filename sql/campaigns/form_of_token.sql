-- What a form reads as; of several with one token the least.
SELECT MIN(form.text) AS form
FROM (
  SELECT DISTINCT m.normalized_id
  FROM artefact_sources AS r
  CROSS JOIN commands AS m -- looked up by command_id = r.source_id
  WHERE r.token = :token AND m.command_id = r.source_id
) AS f
CROSS JOIN texts AS form -- looked up by id = f.normalized_id
WHERE form.id = f.normalized_id
