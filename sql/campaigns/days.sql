-- The days whose sessions have profiles, each with the mark of what these were made from.
SELECT session_day, mark
FROM profiled_days
ORDER BY session_day
