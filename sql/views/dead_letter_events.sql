SELECT
  d.id AS id,
  sensors.name AS sensor,
  l.path AS path,
  d.line_number AS line_number,
  d.byte_offset AS byte_offset,
  d.reason AS reason,
  d.content AS content,
  d.content_bytes AS content_bytes,
  utc(d.created_at) AS created_at,
  utc(d.resolved_at) AS resolved_at,
  d.resolution AS resolution,
  CASE WHEN d.replayed_as IS NOT NULL THEN hex(d.replayed_as) END AS replayed_as
FROM dead_letters AS d
JOIN logs AS l ON l.id = d.log_id
JOIN sensors ON sensors.id = l.sensor_id
