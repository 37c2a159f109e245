-- The days that hold events, and those on which a summary places anything, rightly or not.
SELECT event_day FROM events
UNION
SELECT session_day FROM session_facts
UNION
SELECT session_day FROM sightings
UNION
SELECT (event_hour - (event_hour % 24 + 24) % 24) / 24 FROM active_hours
ORDER BY 1
