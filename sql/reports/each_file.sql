-- The files of the sessions of a window of session days, a row for each session and shasum; rows stream.
SELECT
  sensors.name AS sensor,
  session_keys.session_id,
  shasum.text AS shasum,
  f.downloads,
  f.uploads,
  filename.text AS filename,
  f.file_size,
  url.text AS download_url,
  destfile.text AS destfile,
  f.first_seen,
  COALESCE(v.status, 'pending') AS enrichment_status,
  v.classification AS vt_classification,
  v.malicious AS vt_malicious
FROM session_facts AS s
JOIN file_facts AS f ON f.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS shasum ON shasum.id = f.shasum_id
LEFT JOIN texts AS filename ON filename.id = f.filename_id
LEFT JOIN texts AS url ON url.id = f.url_id
LEFT JOIN texts AS destfile ON destfile.id = f.destfile_id
LEFT JOIN virustotal_verdicts AS v ON v.shasum_id = f.shasum_id
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY s.session_day, s.sensor_id, s.session_ref, f.shasum_id
