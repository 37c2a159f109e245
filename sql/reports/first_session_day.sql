-- The day of the scope's first session; NULL where it never had one.
SELECT MIN(session_day) FROM sightings WHERE kind = {session_kind} AND value_id = 0 AND sensor_id = :sensor_id
