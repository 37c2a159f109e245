-- The sessions of sealed days do not change.
DELETE FROM touched_sessions
WHERE session_ref IN (
  SELECT s.session_ref
  FROM touched_sessions
  JOIN session_facts AS s -- looked up by session_ref = touched_sessions.session_ref
    ON s.session_ref = touched_sessions.session_ref
  JOIN seals ON seals.session_day = s.session_day
)
