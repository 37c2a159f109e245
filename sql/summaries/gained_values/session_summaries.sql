-- What the sessions of `changed`, which were put in, bring to the sightings of their days.
INSERT INTO gained_sightings (session_day, kind, value_id, sensor_id)
SELECT s.session_day, {session_kind}, 0, s.sensor_id FROM changed AS s
UNION
SELECT s.session_day, {hassh_kind}, s.hassh_id, s.sensor_id
FROM changed AS s
WHERE s.hassh_id IS NOT NULL
UNION
SELECT s.session_day, {network_kind}, addresses.network_id, s.sensor_id
FROM changed AS s
JOIN addresses ON addresses.ip_id = s.src_ip_id
WHERE addresses.network_id IS NOT NULL
