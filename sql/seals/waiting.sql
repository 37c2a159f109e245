-- Whether anything of a day waits for its summaries, on the day or on another one that its sessions have events on.
SELECT COUNT(*)
FROM waiting_sessions
WHERE event_day = :day OR session_ref IN (SELECT session_ref FROM session_facts WHERE session_day = :day)
