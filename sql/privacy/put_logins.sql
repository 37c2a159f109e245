INSERT INTO login_facts (session_ref, username_id, password_id, attempts, successes, first_seen, last_seen)
SELECT session_ref, username_id, password_id, attempts, successes, first_seen, last_seen
FROM treated_logins
