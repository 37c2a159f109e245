-- The first day with an event, of the days within the bounds; NULL where none has any. A day that is more than a year
-- from every other is a clock gone wrong, unless there are no others.
WITH days AS (
  SELECT
    event_day,
    LAG(event_day) OVER (ORDER BY event_day) AS day_before,
    LEAD(event_day) OVER (ORDER BY event_day) AS day_after
  FROM event_days
  WHERE event_day >= :first_day AND event_day <= :last_day
)
SELECT
  COALESCE(
    MIN(CASE WHEN event_day - day_before <= 366 OR day_after - event_day <= 366 THEN event_day END),
    MIN(event_day)
  ) AS first_day
FROM days
