-- The days that hold events which a summary has not taken in: (summary, event_day).
SELECT summaries.name AS summary, event_days.event_day AS event_day
FROM event_days
CROSS JOIN (
  SELECT 'session_summaries' AS name
  UNION ALL SELECT 'command_stats'
  UNION ALL SELECT 'login_stats'
  UNION ALL SELECT 'files'
) AS summaries
LEFT JOIN summarised_days
  ON summarised_days.summary = summaries.name AND summarised_days.event_day = event_days.event_day
WHERE event_days.last_event_id > COALESCE(summarised_days.last_event_id, 0)
