-- Every session that the summaries place on a day, rightly or not, beside those that are there.
INSERT INTO touched_sessions (session_ref)
SELECT session_ref FROM session_facts WHERE session_day = :day
ON CONFLICT (session_ref) DO NOTHING
