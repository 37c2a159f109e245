-- Takes the hours of a day out in which a sensor wrote no event.
DELETE FROM active_hours
WHERE event_hour >= :day * 24 AND event_hour < :day * 24 + 24
  AND (event_hour, sensor_id) NOT IN (
    SELECT CAST((event_at - (event_at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS INTEGER), sensor_id
    FROM events
    WHERE event_day = :day
  )
