-- Every session with an event on a day, and every session that the summaries place on it, rightly or not.
INSERT INTO touched_sessions (session_ref)
SELECT session_ref FROM events WHERE event_day = :day AND session_ref IS NOT NULL
UNION
SELECT session_ref FROM session_facts WHERE session_day = :day
