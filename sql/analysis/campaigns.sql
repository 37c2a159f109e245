-- The campaigns whose first session is of a day; of one sensor, those whose oldest session is its own.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  c.campaign AS campaign_id,
  c.name AS name,
  c.first_seen AS first_seen,
  c.last_seen AS last_seen,
  c.sessions AS sessions,
  c.addresses AS addresses,
  c.networks AS networks,
  c.sensors AS sensors,
  c.days AS days,
  c.profiles AS profiles
FROM campaign_facts AS c
JOIN session_facts AS s ON s.session_ref = c.oldest_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY c.first_seen, c.campaign
