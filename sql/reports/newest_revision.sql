-- The newest change to sessions of some days; 0 where there never were any.
SELECT COALESCE(MAX(d.revision), 0)
FROM changed_days AS d
WHERE d.session_day >= :start_day AND d.session_day < :end_day
