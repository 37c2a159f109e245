-- The sessions of a day that the taken steps of the queue brought events of. Of one that is long by its stored row, only the rows are computed
-- that new events speak of.
INSERT INTO touched_sessions (session_ref, is_long, is_new)
SELECT
  waiting.session_ref,
  CASE WHEN facts.event_count >= :long_session THEN 1 ELSE 0 END,
  CASE WHEN facts.session_ref IS NULL THEN 1 ELSE 0 END
FROM (
  SELECT DISTINCT session_ref
  FROM waiting_sessions
  WHERE event_day = :day AND session_ref <> 0 AND step IN (SELECT step FROM taken_steps)
) AS waiting
LEFT JOIN session_facts AS facts -- looked up by session_ref = waiting.session_ref
  ON facts.session_ref = waiting.session_ref
