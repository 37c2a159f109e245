-- How many sessions each profile has, and when the first of them began.
SELECT profile, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at
FROM session_profiles
GROUP BY profile
