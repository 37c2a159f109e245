-- The days with sessions, each with its version and the mark of what its profiles were made from.
SELECT d.session_day, d.version, p.mark
FROM changed_days AS d
LEFT JOIN profiled_days AS p ON p.session_day = d.session_day
ORDER BY d.session_day
