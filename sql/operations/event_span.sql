-- The first and the last day that hold an event, of the days within the bounds; NULL where none does.
SELECT MIN(event_day) AS first_day, MAX(event_day) AS last_day
FROM event_days
WHERE event_day >= :first_day AND event_day <= :last_day
