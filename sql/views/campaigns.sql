SELECT
  c.campaign AS campaign_id,
  c.name AS name,
  utc(c.first_seen) AS first_seen,
  utc(c.last_seen) AS last_seen,
  c.sessions AS sessions,
  c.addresses AS addresses,
  c.networks AS networks,
  c.sensors AS sensors,
  c.days AS days,
  c.profiles AS profiles,
  sensors.name AS oldest_sensor,
  session_keys.session_id AS oldest_session_id
FROM campaign_facts AS c
JOIN session_keys ON session_keys.id = c.oldest_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
