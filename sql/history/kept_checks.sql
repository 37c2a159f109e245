-- Of each check and partition the newest result, and the newest execution since then that came to none. A run over a
-- partition notes that a check is planned for it; the result of a check that has no partitions names none.
WITH results AS (
  SELECT asset_key, check_name, partition, MAX(id) AS id
  FROM asset_check_executions
  WHERE execution_status IN ('SUCCEEDED', 'FAILED')
  GROUP BY asset_key, check_name, partition
)
SELECT id FROM results
UNION
SELECT MAX(planned.id) AS id
FROM asset_check_executions AS planned
WHERE planned.execution_status NOT IN ('SUCCEEDED', 'FAILED')
  AND NOT EXISTS (
    SELECT 1
    FROM results
    WHERE results.asset_key = planned.asset_key
      AND results.check_name = planned.check_name
      AND (results.partition IS NULL OR results.partition = planned.partition)
      AND results.id > planned.id
  )
GROUP BY planned.asset_key, planned.check_name, planned.partition
