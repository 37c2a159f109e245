-- The examined files that were not read since.
SELECT c.shasum_id, c.strings, c.examined_at
FROM downloaded_contents AS c
LEFT JOIN artefact_sources AS r ON r.source_id = c.shasum_id
WHERE r.source_id IS NULL OR r.version <> c.examined_at
