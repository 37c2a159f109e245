-- Days with events that one of the four summaries has not taken in whole. The days beside the period count as well: a session spans midnight.
SELECT COUNT(*)
FROM event_days AS d
WHERE d.event_day >= :start_day - 1
  AND d.event_day <= :end_day
  AND (
    SELECT COUNT(*)
    FROM summarised_days AS done
    WHERE done.event_day = d.event_day
      AND done.last_event_id = d.last_event_id
      AND done.summary IN ('session_summaries', 'command_stats', 'login_stats', 'files')
  ) < 4
