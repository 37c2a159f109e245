-- Days with events that one of the four summaries, or the sightings, have not taken in whole; those beside the period too, for a session spans midnight.
SELECT d.event_day
FROM event_days AS d
WHERE d.event_day >= :start_day - 1
  AND d.event_day <= :end_day
  AND (
    (
      SELECT COUNT(*)
      FROM summarised_days AS done
      WHERE done.event_day = d.event_day
        AND done.last_event_id = d.last_event_id
        AND done.summary IN ('session_summaries', 'command_stats', 'login_stats', 'files')
    ) < 4
    OR EXISTS (
      SELECT 1
      FROM changed_days AS changed
      LEFT JOIN sighted_days AS sighted ON sighted.session_day = changed.session_day
      WHERE changed.session_day = d.event_day AND COALESCE(sighted.revision, -1) < changed.revision
    )
  )
ORDER BY d.event_day
