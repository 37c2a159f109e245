-- Sessions that typed something and have no profile, and profiles of what is no session, or began at another time.
SELECT s.session_ref, 'has no profile' AS problem
FROM session_facts AS s
LEFT JOIN session_profiles AS p ON p.session_ref = s.session_ref
WHERE s.command_count > 0 AND p.session_ref IS NULL
UNION ALL
SELECT p.session_ref, 'has a profile of another session'
FROM session_profiles AS p
LEFT JOIN session_facts AS s ON s.session_ref = p.session_ref
WHERE s.session_ref IS NULL OR s.first_event_at <> p.first_event_at
