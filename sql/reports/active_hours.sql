-- The hours in which the scope's sensors wrote an event.
SELECT a.sensor_id, a.event_hour
FROM active_hours AS a
WHERE a.event_hour >= :first_hour AND a.event_hour < :end_hour AND (:sensor_id = 0 OR a.sensor_id = :sensor_id)
