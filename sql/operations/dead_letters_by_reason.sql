SELECT
  reason,
  COUNT(*) AS total,
  COUNT(*) - COUNT(resolved_at) AS unresolved
FROM dead_letters
GROUP BY reason
ORDER BY total DESC, reason
