-- The credentials that let a day's sessions in, where the password is long enough to be nobody's guess; none of days whose passwords were treated.
SELECT s.session_ref, username.text AS username, password.text AS password, hassh.text AS hassh
FROM session_facts AS s
CROSS JOIN texts AS password -- looked up by id = s.password_id
CROSS JOIN texts AS username -- looked up by id = s.username_id
CROSS JOIN texts AS hassh -- looked up by id = s.hassh_id
WHERE s.session_day = :day AND username.id = s.username_id AND password.id = s.password_id AND hassh.id = s.hassh_id
  AND s.login_successes > 0 AND LENGTH(password.text) BETWEEN :least AND :most
  AND s.session_day NOT IN (SELECT t.session_day FROM treated_days AS t WHERE t.kind = 1)
