-- "`first_event_at <= last_event_at`", and the day is that of the first event.
SELECT session_day, session_ref, first_event_at, last_event_at, duration_us
FROM session_facts
WHERE session_day BETWEEN :first_day AND :last_day
  AND (
    first_event_at > last_event_at
    OR duration_us < 0
    OR first_event_at < session_day * 86400000000
    OR first_event_at >= (session_day + 1) * 86400000000
  )
