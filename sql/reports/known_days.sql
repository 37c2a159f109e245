-- On how many days of the period the scope's sensor, or any, had a session.
SELECT COUNT(*)
FROM sightings
WHERE kind = {session_kind} AND value_id = 0 AND sensor_id = :sensor_id AND session_day >= :start_day AND session_day < :end_day
