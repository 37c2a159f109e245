-- The ledger's count of a log's events is the number of events that say they came from it.
SELECT logs.path AS path, logs.events AS events_in_ledger, COALESCE(stored.events, 0) AS events_stored
FROM logs
LEFT JOIN (SELECT log_id, COUNT(*) AS events FROM events GROUP BY log_id) AS stored ON stored.log_id = logs.id
WHERE logs.events <> COALESCE(stored.events, 0)
UNION ALL
SELECT 'log ' || events.log_id, 0, COUNT(*)
FROM events
LEFT JOIN logs ON logs.id = events.log_id
WHERE logs.id IS NULL
GROUP BY events.log_id
