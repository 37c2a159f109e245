-- The session days on which some passwords were tried at a sensor (0: any).
SELECT DISTINCT sightings.sensor_id, sightings.session_day
FROM sightings
WHERE sightings.kind = {password_kind} AND sightings.value_id IN :values
