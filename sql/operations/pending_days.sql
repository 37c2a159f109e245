-- Days with events that one of the four summaries has not taken in whole.
SELECT d.event_day
FROM event_days AS d
WHERE (
  SELECT COUNT(*)
  FROM summarised_days AS done
  WHERE done.event_day = d.event_day
    AND done.last_event_id = d.last_event_id
    AND done.summary IN ('session_summaries', 'command_stats', 'login_stats', 'files')
) < 4
ORDER BY d.event_day
