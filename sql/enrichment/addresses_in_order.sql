-- Source addresses in the order of their numbers, from one on.
SELECT addresses.ip_id AS address_id, texts.text AS address
FROM addresses
JOIN texts ON texts.id = addresses.ip_id
WHERE addresses.ip_id > :last
ORDER BY addresses.ip_id
LIMIT :most
