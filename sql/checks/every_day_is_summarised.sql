-- No day holds events that a summary has not taken in, and the record of the newest event of each day is right. The sightings take in sessions:
-- of their days the revision is told.
SELECT summaries.name AS summary, days.event_day AS event_day, days.newest AS newest_event, summarised_days.last_event_id AS summarised_up_to
FROM (SELECT event_day, MAX(id) AS newest FROM events WHERE event_day BETWEEN :first_day AND :last_day GROUP BY event_day) AS days
CROSS JOIN (
  SELECT 'session_summaries' AS name
  UNION ALL SELECT 'command_stats'
  UNION ALL SELECT 'login_stats'
  UNION ALL SELECT 'files'
) AS summaries
LEFT JOIN summarised_days
  ON summarised_days.summary = summaries.name AND summarised_days.event_day = days.event_day
WHERE COALESCE(summarised_days.last_event_id, 0) < days.newest
UNION ALL
SELECT 'sightings', changed_days.session_day, changed_days.revision, sighted_days.revision
FROM changed_days
LEFT JOIN sighted_days ON sighted_days.session_day = changed_days.session_day
WHERE changed_days.session_day BETWEEN :first_day AND :last_day AND COALESCE(sighted_days.revision, 0) < changed_days.revision
