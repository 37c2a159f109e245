-- The session days on which a sensor (0: any) saw a file that VirusTotal calls by a label.
SELECT DISTINCT sightings.sensor_id, sightings.session_day
FROM verdict_facts AS v
JOIN sightings ON sightings.kind = {hash_kind} AND sightings.value_id = v.value_id
WHERE v.provider_id = 1 AND v.label = :label AND v.kind = 1
