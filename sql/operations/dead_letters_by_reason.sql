SELECT
  reason,
  COUNT(*) AS total,
  COUNT(*) - COUNT(resolved_at) AS unresolved,
  COUNT(replayed_as) AS replayed,
  COUNT(DISTINCT log_id) AS logs,
  MIN(created_at) AS first_at,
  MAX(created_at) AS last_at
FROM dead_letters
GROUP BY reason
ORDER BY total DESC, reason
