-- The source addresses of a session day in the order of their numbers, from one on.
SELECT seen.src_ip_id AS address_id, texts.text AS address
FROM (
  SELECT DISTINCT s.src_ip_id
  FROM session_facts AS s
  WHERE s.session_day = :day AND s.src_ip_id > :last
  ORDER BY s.src_ip_id
  LIMIT :most
) AS seen
JOIN texts ON texts.id = seen.src_ip_id
ORDER BY seen.src_ip_id
