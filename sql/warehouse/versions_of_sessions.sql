-- The versions of the days with sessions, of those within the bounds: where all stand still, so does what is counted of sessions.
SELECT d.session_day, d.version
FROM changed_days AS d
WHERE d.session_day >= :start_day AND d.session_day < :end_day
ORDER BY d.session_day
