-- One look at the part of the index that has the day. A day that has no session, and had none, is none of those with sessions.
INSERT INTO changed_days (session_day, version, sessions)
SELECT :session_day, :version, COUNT(*)
FROM session_facts AS s
WHERE s.session_day = :session_day
HAVING COUNT(*) > 0 OR EXISTS (SELECT 1 FROM changed_days AS d WHERE d.session_day = :session_day)
ON CONFLICT (session_day) DO UPDATE SET sessions = excluded.sessions
