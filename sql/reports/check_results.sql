-- The checks that looked at a day of the period. A result counts until the check has looked at all of its days again.
SELECT
  c.name AS name,
  MAX(CASE WHEN c.differences > 0 THEN 1 ELSE 0 END) AS failed,
  MAX(c.checked_at) AS checked_at
FROM check_results AS c
WHERE c.first_day < :end_day AND c.last_day >= :start_day
  AND NOT EXISTS (
    SELECT 1
    FROM check_results AS later
    WHERE later.name = c.name AND later.first_day <= c.first_day AND later.last_day >= c.last_day AND later.checked_at > c.checked_at
  )
GROUP BY c.name
