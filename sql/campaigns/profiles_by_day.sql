-- How many sessions of each profile began on each day, and when the first of them.
SELECT profile, first_event_at / {us_per_day} AS day, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at
FROM session_profiles
GROUP BY profile, first_event_at / {us_per_day}
