-- The written reports of which the destination has not confirmed every document, with all that is known of each. The
-- aggregate is published last of a period: where its row stands, those of the sensors do.
SELECT r.report_type, r.period, r.generated_at,
       p.sensor, p.published, p.attempts, p.error, p.tried_at, p.next_attempt_at
FROM reports AS r
LEFT JOIN publications AS p
  ON p.destination = :destination AND p.report_type = r.report_type AND p.period = r.period
WHERE NOT EXISTS (
        SELECT 1
        FROM publications AS a
        WHERE a.destination = :destination AND a.report_type = r.report_type AND a.period = r.period
          AND a.sensor = :aggregate
      )
   OR EXISTS (
        SELECT 1
        FROM publications AS w
        WHERE w.destination = :destination AND w.report_type = r.report_type AND w.period = r.period
          AND (w.published IS NULL OR w.published <> r.generated_at)
      )
