-- The days that the sessions of `touched_sessions` have to do with, as far as they are known before they are computed: on which they stand, end,
-- or wait; of those that wait on another day, the days beside.
SELECT s.session_day AS day
FROM touched_sessions
JOIN session_facts AS s -- looked up by session_ref = touched_sessions.session_ref
  ON s.session_ref = touched_sessions.session_ref
UNION
SELECT CAST((s.last_event_at - (s.last_event_at % 86400000000 + 86400000000) % 86400000000) / 86400000000 AS INTEGER)
FROM touched_sessions
JOIN session_facts AS s -- looked up by session_ref = touched_sessions.session_ref
  ON s.session_ref = touched_sessions.session_ref
UNION
SELECT waiting.event_day
FROM touched_sessions
JOIN waiting_sessions AS waiting
  ON waiting.event_day IN (:day - 1, :day + 1) AND waiting.session_ref = touched_sessions.session_ref
