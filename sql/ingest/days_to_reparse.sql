-- The days with events that a reparse under these settings has not done, or that got events since.
SELECT event_days.event_day, event_days.version
FROM event_days
LEFT JOIN reparsed_days
  ON reparsed_days.event_day = event_days.event_day
  AND reparsed_days.derivation = :derivation
  AND reparsed_days.version = event_days.version
WHERE event_days.event_day BETWEEN :first_day AND :last_day AND reparsed_days.event_day IS NULL
ORDER BY event_days.event_day
