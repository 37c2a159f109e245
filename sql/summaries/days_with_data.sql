-- The days that hold events, and those on which a summary places anything, rightly or not.
SELECT event_day FROM events
UNION
SELECT session_day FROM session_facts
UNION
SELECT session_day FROM sightings
ORDER BY 1
