-- The normal forms of what a session typed, in the order of the first time.
SELECT form.text AS form, c.occurrences
FROM command_facts AS c
JOIN commands AS m ON m.command_id = c.command_id
JOIN texts AS form ON form.id = m.normalized_id
WHERE c.session_ref = :session_ref
ORDER BY c.first_seen, c.last_seen, form.text
LIMIT :most
