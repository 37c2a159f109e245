-- Of each check and partition: the newest execution, and the newest that has a result.
SELECT
  MAX(id) AS last_id,
  MAX(CASE WHEN execution_status IN ('SUCCEEDED', 'FAILED') THEN id END) AS last_result_id
FROM asset_check_executions
GROUP BY asset_key, check_name, partition
