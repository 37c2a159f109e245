-- The newest event of a day. Of two loaders the one that began later may end first.
INSERT INTO event_days (event_day, last_event_id)
VALUES (:day, :last)
ON CONFLICT (event_day) DO UPDATE
SET last_event_id = excluded.last_event_id
WHERE event_days.last_event_id < excluded.last_event_id
