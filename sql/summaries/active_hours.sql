-- The hours of a day in which a sensor wrote an event, by the events from one on.
INSERT INTO active_hours (event_hour, sensor_id)
SELECT DISTINCT CAST((event_at - (event_at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS INTEGER), sensor_id
FROM events
WHERE event_day = :day AND id >= :first_event_id
ON CONFLICT (event_hour, sensor_id) DO NOTHING
