-- The least new event of the long sessions of `touched_sessions`; NULL where there are none.
SELECT MIN(waiting.first_event_id)
FROM touched_sessions
CROSS JOIN waiting_sessions AS waiting
WHERE touched_sessions.is_long = 1
  AND waiting.event_day = :day AND waiting.session_ref = touched_sessions.session_ref AND waiting.step IN (SELECT step FROM taken_steps)
