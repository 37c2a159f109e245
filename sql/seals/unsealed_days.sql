-- The days with sessions or events that are not sealed.
SELECT day
FROM (SELECT session_day AS day FROM session_facts UNION SELECT event_day FROM event_days) AS days
WHERE day >= :first_day AND day <= :last_day AND day NOT IN (SELECT session_day FROM seals)
ORDER BY day
