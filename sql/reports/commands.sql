-- Occurrences of commands. Rows as in credentials.sql. A risk score of 70 and more is high (cowrie/risk.py).
WITH typed AS MATERIALIZED (
  SELECT c.command_id, CAST(SUM(c.occurrences) AS BIGINT) AS occurrences
  FROM session_facts AS s
  JOIN command_facts AS c ON c.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY c.command_id
)
SELECT 'total' AS item, NULL AS value, CAST(COALESCE(SUM(occurrences), 0) AS BIGINT) AS number FROM typed
UNION ALL
SELECT 'unique', NULL, COUNT(*) FROM typed
UNION ALL
SELECT 'high_risk_total', NULL, CAST(COALESCE(SUM(typed.occurrences), 0) AS BIGINT)
FROM typed
JOIN commands ON commands.command_id = typed.command_id
WHERE commands.risk_score >= 70
UNION ALL
SELECT 'top_commands', texts.text, typed.occurrences
FROM typed
JOIN texts ON texts.id = typed.command_id
WHERE typed.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM typed ORDER BY occurrences DESC LIMIT :top) AS best)
