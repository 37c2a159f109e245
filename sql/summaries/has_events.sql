-- Whether a day has events: stored, or of a seal that they have left.
SELECT
  CASE
    WHEN EXISTS (SELECT 1 FROM events WHERE event_day = :day) THEN 1
    WHEN EXISTS (SELECT 1 FROM seals WHERE session_day = :day) THEN 1
    WHEN EXISTS (SELECT 1 FROM sealed_hours WHERE event_hour >= :day * 24 AND event_hour < :day * 24 + 24) THEN 1
    ELSE 0
  END
