-- As `derivations`, of each log with its events.
SELECT
  o.written_sensor AS written_sensor,
  o.uuid AS uuid,
  sensors.name AS sensor,
  o.clock_offset_us AS clock_offset_us,
  o.reader AS reader,
  l.folder AS folder,
  RTRIM(l.path, REPLACE(l.path, '/', '')) AS lies_in,
  l.id AS log_id,
  l.events AS events
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
JOIN sensors ON sensors.id = o.sensor_id
WHERE l.events > 0
