-- The session days that saw one of some addresses: from a day to the next, so an address with a million sessions on a day costs one look-up for it.
WITH RECURSIVE seen(src_ip_id, session_day) AS (
  SELECT texts.id, (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = texts.id)
  FROM texts
  WHERE texts.id IN :values
  UNION ALL
  SELECT
    seen.src_ip_id,
    (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = seen.src_ip_id AND s.session_day > seen.session_day)
  FROM seen
  WHERE seen.session_day IS NOT NULL
)
SELECT DISTINCT seen.session_day FROM seen WHERE seen.session_day IS NOT NULL
