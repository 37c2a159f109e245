-- The first and the last day of an address.
SELECT
  (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = :value_id) AS first_day,
  (SELECT MAX(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = :value_id) AS last_day
