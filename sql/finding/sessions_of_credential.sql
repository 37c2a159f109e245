-- The sessions that tried a username and a password together, those that were loaded last.
SELECT l.session_ref
FROM login_facts AS l
WHERE l.password_id = :value_id AND l.username_id = :username_id
ORDER BY l.session_ref DESC
LIMIT :most
