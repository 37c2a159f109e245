-- What stored events were derived as, by what they and their logs' folders say; and in how many logs.
SELECT
  o.written_sensor AS written_sensor,
  o.uuid AS uuid,
  sensors.name AS sensor,
  o.clock_offset_us AS clock_offset_us,
  o.reader AS reader,
  l.folder AS folder,
  RTRIM(l.path, REPLACE(l.path, '/', '')) AS lies_in, -- the path up to its last slash
  COUNT(*) AS logs
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
JOIN sensors ON sensors.id = o.sensor_id
WHERE l.events > 0
GROUP BY o.written_sensor, o.uuid, sensors.name, o.clock_offset_us, o.reader, l.folder, RTRIM(l.path, REPLACE(l.path, '/', ''))
