-- The session days that saw one of some files.
SELECT DISTINCT sightings.session_day
FROM sightings
WHERE sightings.kind = {hash_kind} AND sightings.value_id IN :values AND sightings.sensor_id = 0
