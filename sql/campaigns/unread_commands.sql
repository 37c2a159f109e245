-- The commands of a session day that were not read, or were read by other rules, with their normal form.
SELECT DISTINCT c.command_id, m.signature, typed.text AS command, form.text AS form
FROM session_facts AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
LEFT JOIN artefact_sources AS r ON r.source_id = c.command_id
JOIN commands AS m ON m.command_id = c.command_id
JOIN texts AS typed ON typed.id = c.command_id
JOIN texts AS form ON form.id = m.normalized_id
WHERE s.session_day = :day AND c.session_ref = s.session_ref
  AND (r.source_id IS NULL OR r.version <> :version OR r.token IS NULL)
