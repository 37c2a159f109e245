-- Every session with an event on a day, and every session that the summaries place on it, rightly or not.
INSERT INTO touched_sessions (session_ref, is_new)
SELECT every.session_ref, CASE WHEN facts.session_ref IS NULL THEN 1 ELSE 0 END
FROM (
  SELECT session_ref FROM events WHERE event_day = :day AND session_ref IS NOT NULL
  UNION
  SELECT session_ref FROM session_facts WHERE session_day = :day
) AS every
LEFT JOIN session_facts AS facts -- looked up by session_ref = every.session_ref
  ON facts.session_ref = every.session_ref
