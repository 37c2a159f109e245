-- The networks of a campaign's addresses in a window, each with how many there are, and where they are.
SELECT network.text AS network, place.asn, place.as_name, place.country, COUNT(DISTINCT s.src_ip_id) AS addresses
FROM profiles AS p
CROSS JOIN session_profiles AS sp -- looked up by profile = p.id AND first_event_at >= :start_us AND first_event_at < :end_us
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
JOIN addresses AS a ON a.ip_id = s.src_ip_id
JOIN texts AS network ON network.id = a.network_id
LEFT JOIN address_places AS place ON place.address_id = s.src_ip_id
WHERE p.campaign = :campaign AND sp.profile = p.id AND sp.first_event_at >= :start_us AND sp.first_event_at < :end_us
  AND s.session_ref = sp.session_ref AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND NOT EXISTS (SELECT 1 FROM known_scanners AS k WHERE k.address_id = s.src_ip_id)
GROUP BY network.text, place.asn, place.as_name, place.country
