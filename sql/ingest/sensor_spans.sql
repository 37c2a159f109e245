-- In which folder of which machine and under which uuid each sensor wrote, and from when to when.
SELECT
  o.sensor_id AS sensor_id,
  l.collector AS collector,
  RTRIM(l.path, REPLACE(l.path, '/', '')) AS folder, -- the path up to its last slash
  o.uuid AS uuid,
  MIN(o.first_written_at - o.clock_offset_us) AS first_at,
  MAX(o.last_written_at - o.clock_offset_us) AS last_at
FROM log_origins AS o
JOIN logs AS l ON l.id = o.log_id
WHERE o.reader > 0
GROUP BY o.sensor_id, l.collector, RTRIM(l.path, REPLACE(l.path, '/', '')), o.uuid
