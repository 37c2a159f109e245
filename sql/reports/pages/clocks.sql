-- How far the clocks of some sensors were ahead of UTC when they wrote what is stored: at least, at most. `unknown`: of some events nobody knows.
SELECT
  sensors.id,
  (SELECT MIN(o.clock_offset_us) FROM log_origins AS o WHERE o.sensor_id = sensors.id) AS least,
  (SELECT MAX(o.clock_offset_us) FROM log_origins AS o WHERE o.sensor_id = sensors.id) AS greatest,
  EXISTS (SELECT 1 FROM log_origins AS o WHERE o.reader = 0) AS unknown
FROM sensors
WHERE sensors.id IN :sensors
