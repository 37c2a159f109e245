-- How many documents of each written report the destination has confirmed, and when it last did.
SELECT p.report_type, p.period, COUNT(*) AS documents, MAX(p.published_at) AS published_at
FROM reports AS r
JOIN publications AS p
  ON p.destination = :destination AND p.report_type = r.report_type AND p.period = r.period
 AND p.published = r.generated_at
GROUP BY p.report_type, p.period
