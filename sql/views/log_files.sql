SELECT
  l.id AS id,
  sensors.name AS sensor,
  l.collector AS collector,
  l.path AS path,
  hex(l.fingerprint) AS fingerprint,
  l.generation AS generation,
  l.compression AS compression,
  l.bytes_read AS bytes_read,
  l.lines AS lines,
  l.events AS events,
  l.duplicates AS duplicates,
  l.dead_letters AS dead_letters,
  l.blank AS blank,
  l.invalid_utf8 AS invalid_utf8,
  l.naive_timestamps AS naive_timestamps,
  l.unknown_event_ids AS unknown_event_ids,
  l.unusual AS unusual,
  utc(l.first_event_at) AS first_event_at,
  utc(l.last_event_at) AS last_event_at,
  l.status AS status,
  utc(l.last_ingested_at) AS last_ingested_at
FROM logs AS l
JOIN sensors ON sensors.id = l.sensor_id
