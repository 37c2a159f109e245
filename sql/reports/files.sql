-- Occurrences of files and of the addresses they came from. Rows as in credentials.sql.
-- vt_flagged is the sessions with a file that VirusTotal calls malicious, vt_malicious the files, by the verdicts of this moment.
WITH stored AS MATERIALIZED (
  SELECT f.session_ref, f.shasum_id, f.url_id, f.downloads, f.uploads
  FROM session_facts AS s
  JOIN file_facts AS f ON f.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.file_downloads + s.file_uploads > 0
),
hashes AS MATERIALIZED (
  SELECT shasum_id, CAST(SUM(downloads + uploads) AS BIGINT) AS occurrences FROM stored GROUP BY shasum_id
),
urls AS MATERIALIZED (
  SELECT url_id, CAST(SUM(downloads) AS BIGINT) AS occurrences
  FROM stored
  WHERE url_id IS NOT NULL
  GROUP BY url_id
  HAVING SUM(downloads) > 0
),
malicious AS MATERIALIZED (
  SELECT hashes.shasum_id
  FROM hashes
  JOIN texts ON texts.id = hashes.shasum_id
  JOIN file_verdicts ON file_verdicts.shasum = texts.text
  WHERE file_verdicts.malicious = 1
)
SELECT 'unique_hashes' AS item, NULL AS value, COUNT(*) AS number FROM hashes
UNION ALL
SELECT 'vt_malicious', NULL, COUNT(*) FROM malicious
UNION ALL
SELECT 'vt_flagged', NULL, COUNT(DISTINCT session_ref) FROM stored WHERE shasum_id IN (SELECT shasum_id FROM malicious)
UNION ALL
SELECT 'top_hashes', texts.text, hashes.occurrences
FROM hashes
JOIN texts ON texts.id = hashes.shasum_id
WHERE hashes.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM hashes ORDER BY occurrences DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_urls', texts.text, urls.occurrences
FROM urls
JOIN texts ON texts.id = urls.url_id
WHERE urls.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM urls ORDER BY occurrences DESC LIMIT :top) AS best)
