-- What most sessions of some campaigns have: countries, HASSH, techniques, files that are not trivial; and their samples, by risk, then the earliest,
-- all that tie. Texts go as they sort as stored.
WITH trivial(value_id) AS (VALUES :trivial),
members AS MATERIALIZED (
  SELECT p.campaign, s.session_ref, s.sensor_id, s.src_ip_id, s.hassh_id, s.risk_score, s.first_event_at
  FROM session_facts AS s
  CROSS JOIN session_profiles AS sp -- looked up by session_ref = s.session_ref
  CROSS JOIN profiles AS p -- looked up by id = sp.profile
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND sp.session_ref = s.session_ref AND p.id = sp.profile AND p.campaign IN :campaigns
),
counted AS (
  SELECT m.campaign, 'countries' AS item, place.country AS value, COUNT(*) AS sessions
  FROM members AS m
  CROSS JOIN address_places AS place
  WHERE place.address_id = m.src_ip_id AND place.country IS NOT NULL
  GROUP BY m.campaign, place.country
  UNION ALL
  SELECT m.campaign, 'hassh', hassh.text, COUNT(*)
  FROM members AS m
  CROSS JOIN texts AS hassh
  WHERE hassh.id = m.hassh_id
  GROUP BY m.campaign, hassh.text
  UNION ALL
  SELECT m.campaign, 'techniques', technique.text, COUNT(DISTINCT m.session_ref)
  FROM members AS m
  CROSS JOIN technique_facts AS t -- looked up by session_ref = m.session_ref
  CROSS JOIN technique_rules AS r
  CROSS JOIN texts AS technique
  WHERE t.session_ref = m.session_ref AND r.id = t.rule_number AND technique.id = r.technique_id
  GROUP BY m.campaign, technique.text
  UNION ALL
  SELECT m.campaign, 'files', shasum.text, COUNT(*)
  FROM members AS m
  CROSS JOIN file_facts AS f -- looked up by session_ref = m.session_ref
  CROSS JOIN texts AS shasum
  WHERE f.session_ref = m.session_ref AND shasum.id = f.shasum_id AND f.shasum_id NOT IN (SELECT trivial.value_id FROM trivial)
  GROUP BY m.campaign, shasum.text
)
SELECT ranked.campaign, ranked.item, ranked.value, NULL AS sensor, ranked.sessions
FROM (
  SELECT campaign, item, value, sessions, ROW_NUMBER() OVER (PARTITION BY campaign, item ORDER BY sessions DESC, value) AS place FROM counted
) AS ranked
WHERE ranked.place <= :most
UNION ALL
SELECT best.campaign, 'sample', session_keys.session_id, sensors.name, 1
FROM (
  SELECT campaign, session_ref, sensor_id, RANK() OVER (PARTITION BY campaign ORDER BY risk_score DESC, first_event_at) AS place FROM members
) AS best
JOIN session_keys ON session_keys.id = best.session_ref
JOIN sensors ON sensors.id = best.sensor_id
WHERE best.place = 1
