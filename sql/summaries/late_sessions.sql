-- Of some sessions those with an event that one of some summaries has not taken in.
SELECT DISTINCT events.session_ref
FROM events
WHERE events.session_ref IN :sessions
  AND (
    SELECT COUNT(*)
    FROM summarised_days AS done
    WHERE done.event_day = events.event_day AND done.last_event_id >= events.id AND done.summary IN :summaries
  ) < :number
