-- "Attempts and successes over a session sum up to its logins."
SELECT session_day, session_ref, login_attempts, attempts, login_successes, successes
FROM (
  SELECT
    s.session_day,
    s.session_ref,
    s.login_successes + s.login_failures AS login_attempts,
    COALESCE((SELECT SUM(l.attempts) FROM login_facts AS l WHERE l.session_ref = s.session_ref), 0) AS attempts,
    s.login_successes,
    COALESCE((SELECT SUM(l.successes) FROM login_facts AS l WHERE l.session_ref = s.session_ref), 0) AS successes
  FROM session_facts AS s
  WHERE s.session_day BETWEEN :first_day AND :last_day
) AS sums
WHERE login_attempts <> attempts OR login_successes <> successes
UNION ALL
SELECT MIN(l.first_seen) / 86400000000, l.session_ref, 0, SUM(l.attempts), 0, SUM(l.successes)
FROM login_facts AS l
LEFT JOIN session_facts AS s ON s.session_ref = l.session_ref
WHERE s.session_ref IS NULL AND :first_day = -2147483648 -- rows of no session belong to no day: sought when all days are
GROUP BY l.session_ref
