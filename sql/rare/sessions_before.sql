-- How many sessions there are up to a day, and whether any before another.
SELECT CAST(COALESCE(SUM(sessions), 0) AS BIGINT) AS sessions, MIN(session_day) AS first_day
FROM changed_days
WHERE session_day < :end_day AND sessions > 0
