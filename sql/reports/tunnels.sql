-- Requests to forward a connection, by what they ask for. Rows as in credentials.sql. Of events that left the warehouse the requests were kept.
WITH asked AS MATERIALIZED (
  SELECT requested.tunnel_target_id, CAST(SUM(requested.requests) AS BIGINT) AS requests
  FROM (
    SELECT e.tunnel_target_id, COUNT(*) AS requests
    FROM session_facts AS s
    CROSS JOIN events AS e -- looked up by session_ref = s.session_ref AND tunnel_target_id IS NOT NULL
    WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
      AND s.tunnel_requests > 0
      AND e.session_ref = s.session_ref AND e.tunnel_target_id IS NOT NULL
    GROUP BY e.tunnel_target_id
    UNION ALL
    SELECT kept.tunnel_target_id, kept.requests
    FROM session_facts AS s
    CROSS JOIN sealed_tunnels AS kept -- looked up by session_ref = s.session_ref
    WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
      AND s.tunnel_requests > 0
      AND kept.session_ref = s.session_ref
  ) AS requested
  GROUP BY requested.tunnel_target_id
)
SELECT 'unique_targets' AS item, NULL AS value, COUNT(*) AS number FROM asked
UNION ALL
SELECT 'top_targets', texts.text, asked.requests
FROM asked
JOIN texts ON texts.id = asked.tunnel_target_id
WHERE asked.requests >= (SELECT MIN(requests) FROM (SELECT requests FROM asked ORDER BY requests DESC LIMIT :top) AS best)
