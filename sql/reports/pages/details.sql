-- What the sessions of each subject did most: the `top` values of each kind of item, by count, then as they sort as stored.
-- `chosen` pairs the number of a subject with a session, and with the file where that is the subject, else 0. `other` is the password of a login.
WITH chosen(subject, session_ref, shasum_id) AS (VALUES :chosen),
counted AS MATERIALIZED (
  SELECT chosen.subject, 'command' AS item, c.command_id AS value_id, 0 AS other_id, CAST(SUM(c.occurrences) AS BIGINT) AS number
  FROM chosen
  JOIN command_facts AS c ON c.session_ref = chosen.session_ref
  GROUP BY chosen.subject, c.command_id
  UNION ALL
  SELECT chosen.subject, 'login', l.username_id, l.password_id, CAST(SUM(l.attempts) AS BIGINT)
  FROM chosen
  JOIN login_facts AS l ON l.session_ref = chosen.session_ref
  GROUP BY chosen.subject, l.username_id, l.password_id
  UNION ALL
  SELECT chosen.subject, 'file', f.shasum_id, 0, CAST(SUM(f.downloads + f.uploads) AS BIGINT)
  FROM chosen
  JOIN file_facts AS f ON f.session_ref = chosen.session_ref
  GROUP BY chosen.subject, f.shasum_id
  UNION ALL
  SELECT chosen.subject, 'url', f.url_id, 0, CAST(SUM(f.downloads) AS BIGINT)
  FROM chosen
  JOIN file_facts AS f ON f.session_ref = chosen.session_ref
  WHERE f.url_id IS NOT NULL AND (chosen.shasum_id = 0 OR f.shasum_id = chosen.shasum_id)
  GROUP BY chosen.subject, f.url_id
  UNION ALL
  SELECT chosen.subject, 'filename', f.filename_id, 0, CAST(SUM(f.downloads + f.uploads) AS BIGINT)
  FROM chosen
  JOIN file_facts AS f ON f.session_ref = chosen.session_ref
  WHERE f.filename_id IS NOT NULL AND (chosen.shasum_id = 0 OR f.shasum_id = chosen.shasum_id)
  GROUP BY chosen.subject, f.filename_id
  UNION ALL
  SELECT chosen.subject, 'address', s.src_ip_id, 0, COUNT(*)
  FROM chosen
  JOIN session_facts AS s ON s.session_ref = chosen.session_ref
  WHERE s.src_ip_id IS NOT NULL
  GROUP BY chosen.subject, s.src_ip_id
  UNION ALL
  SELECT chosen.subject, 'hassh', s.hassh_id, 0, COUNT(*)
  FROM chosen
  JOIN session_facts AS s ON s.session_ref = chosen.session_ref
  WHERE s.hassh_id IS NOT NULL
  GROUP BY chosen.subject, s.hassh_id
  UNION ALL
  SELECT chosen.subject, 'version', s.client_version_id, 0, COUNT(*)
  FROM chosen
  JOIN session_facts AS s ON s.session_ref = chosen.session_ref
  WHERE s.client_version_id IS NOT NULL
  GROUP BY chosen.subject, s.client_version_id
),
placed AS MATERIALIZED (
  SELECT
    counted.subject,
    counted.item,
    value.text AS value,
    other.text AS other,
    counted.number,
    ROW_NUMBER() OVER (
      PARTITION BY counted.subject, counted.item
      ORDER BY counted.number DESC, COALESCE(value.text, ''), COALESCE(other.text, ''), counted.other_id
    ) AS place
  FROM counted
  LEFT JOIN texts AS value ON value.id = counted.value_id
  LEFT JOIN texts AS other ON other.id = counted.other_id
)
SELECT subject, item, value, other, number FROM placed WHERE place <= :top ORDER BY subject, item, place
