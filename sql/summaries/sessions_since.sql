-- The sessions with an event on a day that came after the day was last taken in.
INSERT INTO touched_sessions (session_ref)
SELECT DISTINCT session_ref
FROM events
WHERE event_day = :day AND id > :watermark AND session_ref IS NOT NULL
