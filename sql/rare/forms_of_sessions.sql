-- What some sessions typed, as normal forms, each with its token.
SELECT DISTINCT c.session_ref, r.token, form.text AS form
FROM command_facts AS c
JOIN artefact_sources AS r ON r.source_id = c.command_id
JOIN commands AS m ON m.command_id = c.command_id
JOIN texts AS form ON form.id = m.normalized_id
WHERE c.session_ref IN :sessions
