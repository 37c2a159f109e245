-- The credentials that let a day's sessions in, where the password is long enough to be nobody's guess.
SELECT s.session_ref, username.text AS username, password.text AS password, hassh.text AS hassh
FROM session_facts AS s
JOIN texts AS username ON username.id = s.username_id
JOIN texts AS password ON password.id = s.password_id
JOIN texts AS hassh ON hassh.id = s.hassh_id
WHERE s.session_day = :day AND s.login_successes > 0 AND LENGTH(password.text) BETWEEN :least AND :most
