-- The sessions of a day, where it is sealed: what follows from their summaries can be computed, whether their events are there or not.
INSERT INTO touched_sessions (session_ref)
SELECT s.session_ref
FROM session_facts AS s
WHERE s.session_day = :day AND EXISTS (SELECT 1 FROM seals WHERE seals.session_day = :day)
