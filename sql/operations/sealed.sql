-- How many days are sealed, of how many of these the raw events are away, up to which day values were hashed or dropped, and how many events came
-- too late.
SELECT
  (SELECT COUNT(*) FROM seals) AS days,
  (SELECT MIN(session_day) FROM seals) AS first_day,
  (SELECT MAX(session_day) FROM seals) AS last_day,
  (SELECT COUNT(*) FROM seals WHERE removed_at IS NOT NULL) AS days_removed,
  (SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) FROM seals WHERE removed_at IS NOT NULL) AS events_removed,
  (SELECT MAX(session_day) FROM treated_days WHERE kind = 1) AS passwords_until,
  (SELECT MAX(session_day) FROM treated_days WHERE kind = 2) AS addresses_until,
  late.events AS late_events,
  late.first_day AS first_late_day,
  late.last_day AS last_late_day
FROM (
  SELECT COUNT(*) AS events, MIN(session_day) AS first_day, MAX(session_day) AS last_day
  FROM events_behind_seal
) AS late
