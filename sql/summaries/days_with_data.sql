SELECT event_day FROM event_days
UNION
SELECT session_day FROM session_facts
ORDER BY 1
