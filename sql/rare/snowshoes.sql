-- The campaigns of which many addresses came in a window, most of them light ones, from several networks. An address is light where it has at most
-- two sessions, whatever they did, on each sensor that it came to, on average, since a day: it stays below what anybody counts.
WITH members AS MATERIALIZED (
  SELECT p.campaign, p.sequence, sp.first_event_at, s.src_ip_id
  FROM session_profiles AS sp
  CROSS JOIN profiles AS p -- looked up by id = sp.profile
  CROSS JOIN campaign_facts AS c -- looked up by campaign = p.campaign
  CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
  WHERE sp.first_event_at >= :start_us AND sp.first_event_at < :end_us
    AND p.id = sp.profile
    AND c.campaign = p.campaign AND c.distinctive = 1 AND c.addresses >= :least_addresses AND c.networks >= :least_networks
    AND s.session_ref = sp.session_ref AND s.src_ip_id IS NOT NULL AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND NOT EXISTS (SELECT 1 FROM known_scanners AS k WHERE k.address_id = s.src_ip_id)
),
came AS MATERIALIZED (
  SELECT
    campaign, src_ip_id, COUNT(*) AS sessions, MIN(first_event_at) AS first_at, MAX(first_event_at) AS last_at,
    COUNT(*) OVER (PARTITION BY campaign) AS addresses
  FROM members
  GROUP BY campaign, src_ip_id
),
weighed AS MATERIALIZED (
  SELECT
    came.campaign, came.sessions, came.first_at, came.last_at, a.network_id,
    (
      SELECT CASE WHEN COUNT(*) <= :light_sessions * COUNT(DISTINCT r.sensor_id) THEN 1 ELSE 0 END
      FROM (
        SELECT e.sensor_id
        FROM session_facts AS e
        WHERE e.src_ip_id = came.src_ip_id AND e.session_day >= :light_since AND e.session_day < :end_day
        LIMIT (SELECT :light_sessions * COUNT(*) + 1 FROM sensors)
      ) AS r
    ) AS light
  FROM came
  LEFT JOIN addresses AS a ON a.ip_id = came.src_ip_id
  WHERE came.addresses >= :least_addresses
),
spread AS MATERIALIZED (
  SELECT
    campaign, CAST(SUM(sessions) AS BIGINT) AS sessions, COUNT(*) AS addresses, SUM(light) AS light,
    COUNT(DISTINCT CASE WHEN light = 1 THEN network_id END) AS networks, MIN(first_at) AS first_at, MAX(last_at) AS last_at
  FROM weighed
  GROUP BY campaign
  HAVING SUM(light) >= :least_addresses AND 100 * SUM(light) >= :least_percent * COUNT(*)
    AND COUNT(DISTINCT CASE WHEN light = 1 THEN network_id END) >= :least_networks
),
alike AS MATERIALIZED (
  SELECT campaign, MAX(sessions) AS sessions
  FROM (SELECT campaign, COUNT(*) AS sessions FROM members GROUP BY campaign, sequence) AS m
  GROUP BY campaign
)
SELECT w.campaign, c.name, w.sessions, alike.sessions AS alike, w.addresses, w.light, w.networks, w.first_at, w.last_at
FROM spread AS w
JOIN alike ON alike.campaign = w.campaign
JOIN campaign_facts AS c ON c.campaign = w.campaign
