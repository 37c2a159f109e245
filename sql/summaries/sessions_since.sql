-- The sessions with an event on a day that came after the day was last taken in. Of one that is long by its stored row, only the rows are
-- computed that new events speak of; not where nothing of the day was taken in, for then its rows may be of another state.
INSERT INTO touched_sessions (session_ref, is_long, is_new)
SELECT
  since.session_ref,
  CASE WHEN :watermark > 0 AND facts.event_count >= :long_session THEN 1 ELSE 0 END,
  CASE WHEN facts.session_ref IS NULL THEN 1 ELSE 0 END
FROM (SELECT DISTINCT session_ref FROM events WHERE event_day = :day AND id > :watermark AND session_ref IS NOT NULL) AS since
LEFT JOIN session_facts AS facts ON facts.session_ref = since.session_ref
