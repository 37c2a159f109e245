-- Occurrences of files and of the addresses they came from. Rows as in credentials.sql.
-- What is trivial (cowrie/trivial_files.py) is never new. CROSS JOIN as in origins.sql.
-- vt_flagged is the sessions with a file that VirusTotal calls malicious, vt_malicious the files, by the verdicts of this moment;
-- recent_vt_submission_sessions those with a file that VirusTotal was first given in the period or within five days of it.
WITH stored AS MATERIALIZED (
  SELECT f.session_ref, f.shasum_id, f.url_id, f.downloads, f.uploads
  FROM session_facts AS s
  JOIN file_facts AS f -- looked up by session_ref = s.session_ref
    ON f.session_ref = s.session_ref
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
judged AS MATERIALIZED (
  SELECT hashes.shasum_id, v.malicious, v.first_seen
  FROM hashes
  CROSS JOIN virustotal_verdicts AS v
  WHERE v.shasum_id = hashes.shasum_id
),
trivial(shasum_id) AS (VALUES :trivial),
new_hashes AS MATERIALIZED (
  SELECT hashes.shasum_id, hashes.occurrences
  FROM hashes
  WHERE hashes.shasum_id NOT IN (SELECT trivial.shasum_id FROM trivial) AND NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {hash_kind} AND earlier.value_id = hashes.shasum_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
),
new_urls AS MATERIALIZED (
  SELECT urls.url_id, urls.occurrences
  FROM urls
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {url_kind} AND earlier.value_id = urls.url_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
)
SELECT 'unique_hashes' AS item, NULL AS value, COUNT(*) AS number FROM hashes
UNION ALL
SELECT 'vt_malicious', NULL, COUNT(*) FROM judged WHERE malicious = 1
UNION ALL
SELECT 'vt_flagged', NULL, COUNT(DISTINCT session_ref)
FROM stored
WHERE shasum_id IN (SELECT shasum_id FROM judged WHERE malicious = 1)
UNION ALL
SELECT 'recent_vt_submission_sessions', NULL, COUNT(DISTINCT session_ref)
FROM stored
WHERE shasum_id IN (SELECT shasum_id FROM judged WHERE first_seen >= :start_us - 432000000000 AND first_seen < :end_us + 432000000000)
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
UNION ALL
SELECT 'new_hashes', NULL, COUNT(*) FROM new_hashes
UNION ALL
SELECT 'new_hashes', texts.text, new_hashes.occurrences
FROM new_hashes
JOIN texts ON texts.id = new_hashes.shasum_id
WHERE new_hashes.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM new_hashes ORDER BY occurrences DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_urls', NULL, COUNT(*) FROM new_urls
UNION ALL
SELECT 'new_urls', texts.text, new_urls.occurrences
FROM new_urls
JOIN texts ON texts.id = new_urls.url_id
WHERE new_urls.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM new_urls ORDER BY occurrences DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_judged_hashes', NULL, COUNT(*)
FROM new_hashes
JOIN judged ON judged.shasum_id = new_hashes.shasum_id
WHERE judged.malicious IS NOT NULL
UNION ALL
SELECT 'new_malicious_hashes', NULL, COUNT(*)
FROM new_hashes
JOIN judged ON judged.shasum_id = new_hashes.shasum_id
WHERE judged.malicious = 1
