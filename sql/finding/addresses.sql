-- The addresses of some networks, those that came last first.
SELECT addresses.ip_id AS id, texts.text
FROM addresses
JOIN texts ON texts.id = addresses.ip_id
WHERE addresses.network_id IN :networks
ORDER BY addresses.ip_id DESC
LIMIT :most
