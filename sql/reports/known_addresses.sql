-- Where some addresses are, which lists name them and which services call them malicious; addresses are told by the digests of their texts.
-- CROSS JOIN as in origins.sql.
WITH asked AS MATERIALIZED (
  SELECT texts.id, texts.text FROM texts WHERE texts.digest IN :digests
)
SELECT asked.text AS address, 'place' AS item, p.country, p.city, p.asn, p.as_name AS name, NULL AS kind
FROM asked
CROSS JOIN address_places AS p
WHERE p.address_id = asked.id
UNION ALL
SELECT asked.text, 'tag', NULL, NULL, NULL, t.list, t.kind
FROM asked
CROSS JOIN address_tags AS t
WHERE t.address_id = asked.id
UNION ALL
SELECT asked.text, 'listed', NULL, NULL, NULL, v.provider, NULL
FROM asked
CROSS JOIN verdicts_of_addresses AS v
WHERE v.address_id = asked.id AND v.malicious = 1
