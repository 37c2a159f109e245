-- What of the readings of commands, urls and files is lost: a command that was typed and not read, what a source named
-- that has no row, and marks of sessions that no source names.
SELECT m.command_id AS text_id, 'is a command that was not read' AS problem
FROM commands AS m
LEFT JOIN artefact_sources AS r ON r.source_id = m.command_id
WHERE (r.source_id IS NULL OR r.token IS NULL)
  AND EXISTS (SELECT 1 FROM command_facts AS c WHERE c.command_id = m.command_id)
UNION
SELECT a.source_id, 'names something, and was not read'
FROM artefact_facts AS a
LEFT JOIN artefact_sources AS r ON r.source_id = a.source_id
WHERE r.source_id IS NULL
UNION
SELECT p.value_id, 'is a mark of sessions, and nothing names it'
FROM profile_marks AS p
WHERE p.kind <= 5
  AND NOT EXISTS (SELECT 1 FROM artefact_facts AS a WHERE a.kind = p.kind AND a.value_id = p.value_id)
