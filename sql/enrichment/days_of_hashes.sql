-- The session days on which a sensor (0: any) saw one of some files.
SELECT DISTINCT sightings.sensor_id, sightings.session_day
FROM sightings
WHERE sightings.kind = {hash_kind} AND sightings.value_id IN :values
