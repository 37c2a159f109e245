-- The days with sessions between two days.
SELECT changed_days.session_day AS day
FROM changed_days
WHERE changed_days.session_day BETWEEN :first_day AND :last_day AND changed_days.sessions > 0
ORDER BY changed_days.session_day
