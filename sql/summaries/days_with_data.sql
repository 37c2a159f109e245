SELECT event_day FROM events
UNION
SELECT session_day FROM session_facts
ORDER BY 1
