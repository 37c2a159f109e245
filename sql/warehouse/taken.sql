-- What the taken steps of the queue brought of a day: whether all of it is computed again, and its least new event.
SELECT
  COALESCE(MAX(CASE WHEN first_event_id IS NULL THEN 1 ELSE 0 END), 0) AS whole,
  MIN(first_event_id) AS first_event_id
FROM waiting_sessions
WHERE event_day = :day AND step IN (SELECT step FROM taken_steps)
