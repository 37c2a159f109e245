-- PostgreSQL: the sessions of a step wait for their summaries, each on the days on which it got events (session 0: events of no session). The event
-- of `first_identity` is the first that the step stored.
INSERT INTO waiting_sessions (event_day, session_ref, step, first_event_id)
SELECT waiting.event_day, waiting.session_ref, :step, events.id
FROM UNNEST(CAST(:days AS INTEGER[]), CAST(:sessions AS BIGINT[])) AS waiting (event_day, session_ref)
JOIN events ON events.event_hash = :first_identity
