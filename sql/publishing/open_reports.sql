-- The written reports of which the destination has not confirmed every document, with all that is known of each. The
-- aggregate is published last of a period: where its row stands, those of the sensors do.
SELECT r.report_type, r.period, r.generated_at,
       p.sensor, COALESCE(s.generated_at, r.generated_at) AS written_at, p.published, p.attempts, p.error, p.tried_at, p.next_attempt_at
FROM reports AS r
LEFT JOIN publications AS p
  ON p.destination = :destination AND p.report_type = r.report_type AND p.period = r.period
LEFT JOIN sensor_reports AS s
  ON s.report_type = p.report_type AND s.period = p.period AND s.sensor = p.sensor
WHERE NOT EXISTS (
        SELECT 1
        FROM publications AS a
        WHERE a.destination = :destination AND a.report_type = r.report_type AND a.period = r.period
          AND a.sensor = :aggregate
      )
   OR EXISTS (
        SELECT 1
        FROM publications AS w
        LEFT JOIN sensor_reports AS t
          ON t.report_type = w.report_type AND t.period = w.period AND t.sensor = w.sensor
        WHERE w.destination = :destination AND w.report_type = r.report_type AND w.period = r.period
          AND (w.published IS NULL OR w.published <> COALESCE(t.generated_at, r.generated_at))
      )
