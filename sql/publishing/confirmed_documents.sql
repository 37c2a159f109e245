-- How many documents of each written report the destination has confirmed, and when it last did.
SELECT p.report_type, p.period, COUNT(*) AS documents, MAX(p.published_at) AS published_at
FROM reports AS r
JOIN publications AS p
  ON p.destination = :destination AND p.report_type = r.report_type AND p.period = r.period
LEFT JOIN sensor_reports AS s
  ON s.report_type = p.report_type AND s.period = p.period AND s.sensor = p.sensor
WHERE p.published = COALESCE(s.generated_at, r.generated_at)
GROUP BY p.report_type, p.period
