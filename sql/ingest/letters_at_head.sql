-- The dead letters that a log of a collector begins with and nobody resolved: each may be the second half of an event.
SELECT d.id
FROM dead_letters AS d
JOIN logs ON logs.id = d.log_id
WHERE d.id > :after
  AND d.line_number = 1
  AND d.resolved_at IS NULL
  AND d.reason IN ('invalid_json', 'not_an_object', 'undecodable')
  AND logs.collector = :collector
ORDER BY d.id
LIMIT :limit
