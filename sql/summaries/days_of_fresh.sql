-- The days on which the sessions of `fresh` have events.
WITH spans AS (
  SELECT
    session_ref,
    session_day AS first_day,
    CAST((last_event_at - (last_event_at % 86400000000 + 86400000000) % 86400000000) / 86400000000 AS INTEGER) AS last_day
  FROM fresh
)
SELECT first_day AS day FROM spans
UNION
SELECT last_day FROM spans
UNION
SELECT events.event_day
FROM spans
JOIN events ON events.session_ref = spans.session_ref
WHERE spans.last_day - spans.first_day > 1
