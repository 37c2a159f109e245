-- The hour of each sensor's first event.
SELECT sensor_id, MIN(event_hour) AS first_hour FROM active_hours GROUP BY sensor_id
