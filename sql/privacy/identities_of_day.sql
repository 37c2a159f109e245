-- The identities of a day's raw events, as a seal covers them.
SELECT e.event_hash
FROM session_facts AS s
CROSS JOIN events AS e
WHERE e.session_ref = s.session_ref AND s.session_day = :day
UNION ALL
SELECT event_hash
FROM events
WHERE event_day = :day AND session_ref IS NULL
