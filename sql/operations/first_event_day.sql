-- The first day that holds an event, from a day on; NULL where none does.
SELECT MIN(event_day) FROM event_days WHERE event_day >= :day
