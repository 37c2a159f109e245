-- The steps of the queue that have rows of a day: those that are here now are taken in, what others write meanwhile waits on.
INSERT INTO taken_steps (step)
SELECT DISTINCT step FROM waiting_sessions WHERE event_day = :day
