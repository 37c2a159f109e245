-- What examined files name, as marks of whoever has the file.
SELECT a.source_id AS shasum_id, a.kind, a.value_id
FROM artefact_facts AS a
JOIN downloaded_contents AS c ON c.shasum_id = a.source_id
WHERE a.kind IN :kinds
