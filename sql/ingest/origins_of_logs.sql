-- What the events of each log were derived as.
SELECT
  o.log_id AS log_id,
  o.digest AS digest,
  o.written_sensor AS written_sensor,
  o.named_by_folder AS named_by_folder,
  o.uuid AS uuid,
  sensors.name AS sensor,
  o.clock_offset_us AS clock_offset_us,
  o.reader AS reader,
  o.first_written_at AS first_written_at,
  o.last_written_at AS last_written_at,
  RTRIM(l.path, REPLACE(l.path, '/', '')) AS lies_in
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
JOIN sensors ON sensors.id = o.sensor_id
ORDER BY o.log_id, o.digest
