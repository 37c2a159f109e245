-- Where some addresses are, which lists name them and which services call them malicious; addresses are told by the digests of their texts.
WITH asked AS MATERIALIZED (
  SELECT texts.id, texts.text FROM texts WHERE texts.digest IN :digests
)
SELECT asked.text AS address, 'place' AS item, p.country, p.city, p.asn, p.as_name AS name, NULL AS kind
FROM asked
JOIN address_places AS p ON p.address_id = asked.id
UNION ALL
SELECT asked.text, 'tag', NULL, NULL, NULL, t.list, t.kind
FROM asked
JOIN address_tags AS t ON t.address_id = asked.id
UNION ALL
SELECT asked.text, 'listed', NULL, NULL, NULL, v.provider, NULL
FROM asked
JOIN address_verdicts AS v ON v.address_id = asked.id
WHERE v.malicious = 1
