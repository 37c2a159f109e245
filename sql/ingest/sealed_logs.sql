-- The logs that brought events of sealed days, whether these are stored or have left.
INSERT INTO sealed_logs (log_id)
SELECT id FROM logs WHERE archived > 0 AND EXISTS (SELECT 1 FROM seals)
UNION
SELECT e.log_id
FROM seals
JOIN session_facts AS s ON s.session_day = seals.session_day
CROSS JOIN events AS e
WHERE e.session_ref = s.session_ref
UNION
SELECT e.log_id
FROM seals
CROSS JOIN events AS e
WHERE e.event_day = seals.session_day AND e.session_ref IS NULL
