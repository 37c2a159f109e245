-- The source addresses of a day's sessions that have no row in `addresses`; where all are asked for anew, those that have one as well.
SELECT texts.id AS ip_id, texts.text AS address, addresses.network_id AS network_id, addresses.ip_id IS NOT NULL AS mapped
FROM (SELECT DISTINCT src_ip_id FROM session_facts WHERE session_day = :day AND src_ip_id IS NOT NULL) AS seen
JOIN texts ON texts.id = seen.src_ip_id
LEFT JOIN addresses ON addresses.ip_id = seen.src_ip_id
WHERE addresses.ip_id IS NULL OR :whole = 1
