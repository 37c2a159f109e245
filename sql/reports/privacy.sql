-- The period's days whose passwords or addresses were hashed or dropped, by kind and way.
SELECT kind, way, COUNT(*) AS days, MIN(session_day) AS first_day, MAX(session_day) AS last_day
FROM treated_days
WHERE session_day >= :start_day AND session_day < :end_day
GROUP BY kind, way
ORDER BY kind, way
