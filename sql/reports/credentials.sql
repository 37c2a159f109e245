-- Attempts by username, by password and by both. Rows: a number of the section (value is NULL), or an item of one of its top lists.
-- A top list comes with every item that ties with its last one: Python orders them by value and cuts.
-- What is new was not sighted from `known_from` to before the period; the number named as such a list is how many there are. The "+ 0" keeps a
-- PostgreSQL without statistics from going through all earlier days for each value instead of through its own few.
-- An id of 0 is no value. Pairs that read alike ("a" with "b:c", "a:b" with "c") are one combination; only pairs with a colon in them can, and only
-- where a username has one.
-- A pair of ids is one number while it is grouped by: SQLite sorts by one in three quarters of the time that two take it.
WITH logins AS MATERIALIZED (
  SELECT pair / 4294967296 AS username_id, pair % 4294967296 AS password_id, attempts
  FROM (
    SELECT l.username_id * 4294967296 + l.password_id AS pair, CAST(SUM(l.attempts) AS BIGINT) AS attempts
    FROM session_facts AS s
    JOIN login_facts AS l -- looked up by session_ref = s.session_ref
      ON l.session_ref = s.session_ref
    WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    GROUP BY l.username_id * 4294967296 + l.password_id
  ) AS grouped
),
usernames AS MATERIALIZED (
  SELECT username_id, CAST(SUM(attempts) AS BIGINT) AS attempts FROM logins WHERE username_id <> 0 GROUP BY username_id
),
passwords AS MATERIALIZED (
  SELECT password_id, CAST(SUM(attempts) AS BIGINT) AS attempts FROM logins WHERE password_id <> 0 GROUP BY password_id
),
new_passwords AS MATERIALIZED (
  SELECT passwords.password_id, passwords.attempts
  FROM passwords
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {password_kind} AND earlier.value_id = passwords.password_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
),
names_with_colon AS MATERIALIZED (
  SELECT texts.id FROM usernames JOIN texts ON texts.id = usernames.username_id WHERE texts.text LIKE '%:%'
),
with_colon AS MATERIALIZED (
  SELECT names_with_colon.id FROM names_with_colon
  UNION
  SELECT texts.id
  FROM (SELECT names_with_colon.id FROM names_with_colon LIMIT 1) AS any_name
  CROSS JOIN passwords
  CROSS JOIN texts
  WHERE texts.id = passwords.password_id AND texts.text LIKE '%:%'
),
pairs AS MATERIALIZED (
  SELECT username_id, password_id, attempts
  FROM logins
  WHERE username_id <> 0 AND password_id <> 0
    AND username_id NOT IN (SELECT id FROM with_colon) AND password_id NOT IN (SELECT id FROM with_colon)
),
read_alike AS MATERIALIZED (
  SELECT username.text || ':' || password.text AS value, CAST(SUM(logins.attempts) AS BIGINT) AS attempts
  FROM logins
  JOIN texts AS username ON username.id = logins.username_id
  JOIN texts AS password ON password.id = logins.password_id
  WHERE logins.username_id IN (SELECT id FROM with_colon) OR logins.password_id IN (SELECT id FROM with_colon)
  GROUP BY username.text || ':' || password.text
)
SELECT 'unique_usernames' AS item, NULL AS value, COUNT(*) AS number FROM usernames
UNION ALL
SELECT 'unique_passwords', NULL, COUNT(*) FROM passwords
UNION ALL
SELECT 'top_usernames', texts.text, usernames.attempts
FROM usernames
JOIN texts ON texts.id = usernames.username_id
WHERE usernames.attempts >= (SELECT MIN(attempts) FROM (SELECT attempts FROM usernames ORDER BY attempts DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_passwords', texts.text, passwords.attempts
FROM passwords
JOIN texts ON texts.id = passwords.password_id
WHERE passwords.attempts >= (SELECT MIN(attempts) FROM (SELECT attempts FROM passwords ORDER BY attempts DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_combinations', username.text || ':' || password.text, pairs.attempts
FROM pairs
JOIN texts AS username ON username.id = pairs.username_id
JOIN texts AS password ON password.id = pairs.password_id
WHERE pairs.attempts >= (SELECT MIN(attempts) FROM (SELECT attempts FROM pairs ORDER BY attempts DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_combinations', value, attempts
FROM read_alike
WHERE attempts >= (SELECT MIN(attempts) FROM (SELECT attempts FROM read_alike ORDER BY attempts DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_passwords', NULL, COUNT(*) FROM new_passwords
UNION ALL
SELECT 'new_passwords', texts.text, new_passwords.attempts
FROM new_passwords
JOIN texts ON texts.id = new_passwords.password_id
WHERE new_passwords.attempts >= (SELECT MIN(attempts) FROM (SELECT attempts FROM new_passwords ORDER BY attempts DESC LIMIT :top) AS best)
