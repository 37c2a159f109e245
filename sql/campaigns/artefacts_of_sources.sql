-- The artefacts that some commands and urls name.
SELECT source_id, kind, value_id
FROM artefact_facts
WHERE source_id IN :sources
