-- Keeps what changed of a day until the whole transaction's changes are known.
INSERT INTO settled_sightings (session_day, kind, value_id, sensor_id)
SELECT :day, kind, value_id, sensor_id FROM changed_sightings
