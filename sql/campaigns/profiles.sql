-- Each profile that a session has: its sequence, its campaign, how many sessions have it, and when the first of them began.
SELECT p.id, p.sequence, p.campaign, s.sessions, s.first_event_at
FROM (
  SELECT profile, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at
  FROM session_profiles
  GROUP BY profile
) AS s
JOIN profiles AS p ON p.id = s.profile
