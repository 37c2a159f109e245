-- What is known of the period's source addresses, by the places, lists and verdicts of this moment: sessions and addresses by what `item` says.
-- `flag` is whether a service calls them malicious. Where nothing is known of any address, no session is looked at. By the CROSS JOINs SQLite looks
-- the period's addresses up in what is known, instead of going through all that is.
WITH came AS MATERIALIZED (
  SELECT
    s.src_ip_id,
    COUNT(*) AS sessions,
    COUNT(*) FILTER (WHERE s.login_successes > 0) AS logged_in
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.src_ip_id IS NOT NULL
    AND (
      EXISTS (SELECT 1 FROM place_facts) OR EXISTS (SELECT 1 FROM tag_facts)
      OR EXISTS (SELECT 1 FROM verdict_changes AS c WHERE c.kind = 2)
    )
  GROUP BY s.src_ip_id
),
placed AS MATERIALIZED (
  SELECT came.sessions, p.country, p.asn, p.as_name
  FROM came
  CROSS JOIN address_places AS p
  WHERE p.address_id = came.src_ip_id
),
systems AS MATERIALIZED (
  SELECT asn, MIN(as_name) AS as_name, CAST(SUM(sessions) AS BIGINT) AS sessions, COUNT(*) AS addresses
  FROM placed
  WHERE asn IS NOT NULL
  GROUP BY asn
),
tagged AS MATERIALIZED (
  SELECT came.src_ip_id, came.sessions, t.list, t.kind
  FROM came
  CROSS JOIN address_tags AS t
  WHERE t.address_id = came.src_ip_id
),
judged AS MATERIALIZED (
  SELECT came.src_ip_id, came.sessions, v.provider, v.malicious, v.label
  FROM came
  CROSS JOIN verdicts_of_addresses AS v
  WHERE v.address_id = came.src_ip_id
),
listed_in AS MATERIALIZED (
  SELECT came.src_ip_id, came.logged_in
  FROM came
  WHERE came.logged_in > 0 AND came.src_ip_id IN (
    SELECT judged.src_ip_id FROM judged WHERE judged.malicious = 1
    UNION
    SELECT tagged.src_ip_id FROM tagged WHERE tagged.kind IN ('blocklist', 'botnet')
  )
)
SELECT 'country' AS item, country AS value, NULL AS name, CAST(NULL AS SMALLINT) AS flag, CAST(SUM(sessions) AS BIGINT) AS sessions, COUNT(*) AS addresses
FROM placed
WHERE country IS NOT NULL
GROUP BY country
UNION ALL
SELECT 'with_as', NULL, NULL, NULL, CAST(COALESCE(SUM(sessions), 0) AS BIGINT), COUNT(*) FROM placed WHERE asn IS NOT NULL
UNION ALL
SELECT 'as', CAST(asn AS TEXT), as_name, NULL, sessions, addresses
FROM systems
WHERE sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM systems ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'list', list, kind, NULL, CAST(SUM(sessions) AS BIGINT), COUNT(*) FROM tagged GROUP BY list, kind
UNION ALL
SELECT 'kind', kind, NULL, NULL, CAST(SUM(sessions) AS BIGINT), COUNT(*)
FROM (SELECT DISTINCT src_ip_id, sessions, kind FROM tagged) AS of_kind
GROUP BY kind
UNION ALL
SELECT 'known_scanners', NULL, NULL, NULL, CAST(COALESCE(SUM(sessions), 0) AS BIGINT), COUNT(*)
FROM (SELECT DISTINCT src_ip_id, sessions FROM tagged WHERE kind IN ('researcher', 'scanner')) AS scanning
UNION ALL
SELECT 'service', provider, label, malicious, CAST(SUM(sessions) AS BIGINT), COUNT(*) FROM judged GROUP BY provider, label, malicious
UNION ALL
SELECT 'listed_in', NULL, NULL, NULL, CAST(COALESCE(SUM(logged_in), 0) AS BIGINT), COUNT(*) FROM listed_in
UNION ALL
SELECT 'listed_in', text, NULL, NULL, logged_in, 1
FROM (
  SELECT texts.text, listed_in.logged_in
  FROM listed_in
  JOIN texts ON texts.id = listed_in.src_ip_id
  ORDER BY listed_in.logged_in DESC, texts.text
  LIMIT :most
) AS first
