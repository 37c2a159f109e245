-- The session days on which some passwords were tried.
SELECT DISTINCT sightings.session_day
FROM sightings
WHERE sightings.kind = {password_kind} AND sightings.value_id IN :values AND sightings.sensor_id = 0
