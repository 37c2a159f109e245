-- The days on which touched sessions stand or have events, where their sightings are up to date.
INSERT INTO clean_days (session_day)
SELECT changed_days.session_day
FROM changed_days
JOIN sighted_days ON sighted_days.session_day = changed_days.session_day AND sighted_days.revision = changed_days.revision
WHERE changed_days.session_day = :day
  OR changed_days.session_day IN (
    SELECT s.session_day FROM touched_sessions JOIN session_facts AS s ON s.session_ref = touched_sessions.session_ref
  )
