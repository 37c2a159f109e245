-- The source addresses of a day's sessions, and the networks that they are mapped to.
SELECT texts.id AS ip_id, texts.text AS address, addresses.network_id AS network_id, addresses.ip_id IS NOT NULL AS mapped
FROM (SELECT DISTINCT src_ip_id FROM session_facts WHERE session_day = :day AND src_ip_id IS NOT NULL) AS seen
JOIN texts ON texts.id = seen.src_ip_id
LEFT JOIN addresses ON addresses.ip_id = seen.src_ip_id
