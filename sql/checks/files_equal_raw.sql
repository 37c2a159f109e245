-- The files of a session and their occurrences are those of its events that name a SHA-256.
WITH raw AS (
  SELECT
    e.session_ref AS session_ref,
    e.shasum_id AS shasum_id,
    COUNT(*) FILTER (WHERE e.counts_as = {file_download}) AS downloads,
    COUNT(*) FILTER (WHERE e.counts_as = {file_upload}) AS uploads
  FROM session_facts AS s
  JOIN events AS e ON e.session_ref = s.session_ref
  WHERE s.session_day BETWEEN :first_day AND :last_day
    AND e.counts_as IN ({file_download}, {file_upload})
    AND e.shasum_id IS NOT NULL
  GROUP BY e.session_ref, e.shasum_id
)

SELECT
  (SELECT s.session_day FROM session_facts AS s WHERE s.session_ref = raw.session_ref) AS session_day,
  raw.session_ref AS session_ref,
  raw.downloads AS downloads_in_raw, COALESCE(f.downloads, 0) AS downloads_in_files,
  raw.uploads AS uploads_in_raw, COALESCE(f.uploads, 0) AS uploads_in_files
FROM raw
LEFT JOIN file_facts AS f ON f.session_ref = raw.session_ref AND f.shasum_id = raw.shasum_id
WHERE f.session_ref IS NULL OR f.downloads <> raw.downloads OR f.uploads <> raw.uploads
UNION ALL
SELECT s.session_day, f.session_ref, 0, f.downloads, 0, f.uploads
FROM session_facts AS s
JOIN file_facts AS f ON f.session_ref = s.session_ref
WHERE s.session_day BETWEEN :first_day AND :last_day
  AND s.session_day NOT IN (SELECT session_day FROM seals)
  AND NOT EXISTS (
    SELECT 1
    FROM events AS e
    WHERE e.session_ref = f.session_ref AND e.shasum_id = f.shasum_id AND e.counts_as IN ({file_download}, {file_upload})
  )
UNION ALL
SELECT f.first_seen / 86400000000, f.session_ref, 0, f.downloads, 0, f.uploads
FROM file_facts AS f
LEFT JOIN session_facts AS s ON s.session_ref = f.session_ref
WHERE s.session_ref IS NULL AND :first_day = -2147483648 -- rows of no session belong to no day: sought when all days are
