-- Takes the hours of a day out in which a sensor wrote no event. Those of a sealed day stay, and those of removed events of another day.
DELETE FROM active_hours
WHERE event_hour >= :day * 24 AND event_hour < :day * 24 + 24
  AND (event_hour, sensor_id) NOT IN (
    SELECT CAST((event_at - (event_at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS INTEGER), sensor_id
    FROM events
    WHERE event_day = :day
  )
  AND NOT EXISTS (SELECT 1 FROM seals WHERE seals.session_day = :day)
  AND NOT EXISTS (
    SELECT 1
    FROM sealed_hours
    WHERE sealed_hours.event_hour = active_hours.event_hour AND sealed_hours.sensor_id = active_hours.sensor_id
  )
