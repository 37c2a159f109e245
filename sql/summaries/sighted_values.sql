-- How many values of each kind were seen on a day, by any sensor.
SELECT kind, COUNT(*) AS seen
FROM sightings
WHERE session_day = :day AND sensor_id = 0
GROUP BY kind
