-- The source addresses of the sessions of `changed` that have no row in `addresses`.
SELECT ip.id AS ip_id, ip.text AS address, NULL AS network_id, FALSE AS mapped
FROM (SELECT DISTINCT src_ip_id FROM changed WHERE src_ip_id IS NOT NULL) AS seen
JOIN texts AS ip -- looked up by id = seen.src_ip_id
  ON ip.id = seen.src_ip_id
WHERE NOT EXISTS (SELECT 1 FROM addresses WHERE addresses.ip_id = seen.src_ip_id LIMIT 1 OFFSET 0)
