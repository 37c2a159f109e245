-- The rows of commands, logins and files of a session, each with the numbers that it counts.
SELECT 'command' AS kind, texts.text AS first_text, NULL AS second_text, c.occurrences AS number, 0 AS successes
FROM command_facts AS c
JOIN texts ON texts.id = c.command_id
WHERE c.session_ref = :session_ref
UNION ALL
SELECT 'login', username.text, password.text, l.attempts, l.successes
FROM login_facts AS l
LEFT JOIN texts AS username ON username.id = l.username_id
LEFT JOIN texts AS password ON password.id = l.password_id
WHERE l.session_ref = :session_ref
UNION ALL
SELECT 'file', texts.text, NULL, f.downloads + f.uploads, 0
FROM file_facts AS f
JOIN texts ON texts.id = f.shasum_id
WHERE f.session_ref = :session_ref
