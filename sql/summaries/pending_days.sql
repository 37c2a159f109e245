-- The days that a summary has not taken in: (summary, day). Days of events for the four; for the sightings, days whose sessions changed.
SELECT summaries.name AS summary, event_days.event_day AS day
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
UNION ALL
SELECT 'sightings', changed_days.session_day
FROM changed_days
LEFT JOIN sighted_days ON sighted_days.session_day = changed_days.session_day
WHERE changed_days.revision > COALESCE(sighted_days.revision, 0)
