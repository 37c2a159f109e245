-- What sources named that have no row any more.
DELETE FROM artefact_facts
WHERE source_id NOT IN (SELECT artefact_sources.source_id FROM artefact_sources)
