-- Of some sessions those with an event that the summaries have not taken in, and those of a day that is to be made anew.
SELECT DISTINCT events.session_ref
FROM events
WHERE events.session_ref IN :sessions
  AND (
    EXISTS (
      SELECT 1
      FROM waiting_sessions AS waiting
      WHERE waiting.event_day = events.event_day AND waiting.session_ref = events.session_ref
    )
    OR EXISTS (
      SELECT 1
      FROM waiting_sessions AS waiting
      WHERE waiting.event_day = events.event_day AND waiting.session_ref = 0 AND waiting.first_event_id IS NULL
    )
  )
