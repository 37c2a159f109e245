-- The source addresses of the sessions of `changed` that have no row in `addresses`.
SELECT texts.id AS ip_id, texts.text AS address, NULL AS network_id, FALSE AS mapped
FROM (SELECT DISTINCT src_ip_id FROM changed WHERE src_ip_id IS NOT NULL) AS seen
JOIN texts ON texts.id = seen.src_ip_id
LEFT JOIN addresses ON addresses.ip_id = seen.src_ip_id
WHERE addresses.ip_id IS NULL
