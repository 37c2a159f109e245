-- The hours of a day in which a sensor wrote an event, as they stand.
SELECT event_hour, sensor_id FROM active_hours WHERE event_hour >= CAST(:day AS BIGINT) * 24 AND event_hour < CAST(:day AS BIGINT) * 24 + 24
