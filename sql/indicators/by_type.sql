-- How many indicators there are of each type, and of how many one may be sure.
SELECT i.type AS type, COUNT(*) AS number, SUM(CASE WHEN i.confidence >= 50 THEN 1 ELSE 0 END) AS sure
FROM indicator_facts AS i
GROUP BY i.type
ORDER BY i.type
