-- The files that the sessions of a day transferred, and what VirusTotal says of them.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  shasum.text AS shasum,
  CASE WHEN f.uploads = 0 THEN 'download' WHEN f.downloads = 0 THEN 'upload' ELSE 'both' END AS direction,
  filename.text AS filename,
  f.file_size AS file_size,
  url.text AS download_url,
  destfile.text AS destfile,
  f.downloads + f.uploads AS occurrences,
  f.first_seen AS first_seen,
  v.classification AS vt_classification,
  v.malicious AS vt_malicious,
  v.positives AS vt_positives,
  v.total AS vt_total,
  COALESCE(v.status, 'pending') AS enrichment_status
FROM session_facts AS s
JOIN file_facts AS f -- looked up by session_ref = s.session_ref
  ON f.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS shasum ON shasum.id = f.shasum_id
LEFT JOIN texts AS filename ON filename.id = f.filename_id
LEFT JOIN texts AS url ON url.id = f.url_id
LEFT JOIN texts AS destfile ON destfile.id = f.destfile_id
LEFT JOIN virustotal_verdicts AS v ON v.shasum_id = f.shasum_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND s.file_downloads + s.file_uploads > 0
ORDER BY s.first_event_at, s.session_ref, f.first_seen, f.shasum_id
