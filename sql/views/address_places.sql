SELECT
  addresses.ip_id AS address_id,
  texts.text AS address,
  COALESCE(m.country, c.country) AS country,
  city.text AS city,
  COALESCE(m.asn, c.asn) AS asn,
  as_name.text AS as_name
FROM addresses
JOIN texts ON texts.id = addresses.ip_id
LEFT JOIN place_facts AS m ON m.address_id = addresses.ip_id AND m.source = 1
LEFT JOIN place_facts AS c ON c.address_id = addresses.ip_id AND c.source = 2
LEFT JOIN texts AS city ON city.id = COALESCE(m.city_id, c.city_id)
LEFT JOIN texts AS as_name ON as_name.id = CASE WHEN m.asn IS NULL THEN c.as_name_id ELSE m.as_name_id END
WHERE m.address_id IS NOT NULL OR c.address_id IS NOT NULL
