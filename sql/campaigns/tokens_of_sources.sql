-- As what some commands and urls were read.
SELECT source_id, token, words
FROM artefact_sources
WHERE source_id IN :sources
