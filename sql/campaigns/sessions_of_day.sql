-- When the sessions of a day begin.
SELECT session_ref, first_event_at
FROM session_facts
WHERE session_day = :day
