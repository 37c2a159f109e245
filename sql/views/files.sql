SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  shasum.text AS shasum,
  CASE WHEN f.uploads = 0 THEN 'download' WHEN f.downloads = 0 THEN 'upload' ELSE 'both' END AS direction,
  filename.text AS filename,
  f.file_size AS file_size,
  url.text AS download_url,
  destfile.text AS destfile,
  f.downloads + f.uploads AS occurrences,
  v.classification AS vt_classification,
  v.description AS vt_description,
  v.malicious AS vt_malicious,
  utc(v.first_seen) AS vt_first_seen,
  utc(v.last_analysis) AS vt_last_analysis,
  v.positives AS vt_positives,
  v.total AS vt_total,
  utc(v.scanned_at) AS vt_scan_date,
  utc(f.first_seen) AS first_seen,
  CASE WHEN v.fetched_at > f.updated_at THEN utc(v.fetched_at) ELSE utc(f.updated_at) END AS last_updated,
  COALESCE(v.status, 'pending') AS enrichment_status
FROM file_facts AS f
JOIN session_keys ON session_keys.id = f.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
JOIN texts AS shasum ON shasum.id = f.shasum_id
LEFT JOIN texts AS filename ON filename.id = f.filename_id
LEFT JOIN texts AS url ON url.id = f.url_id
LEFT JOIN texts AS destfile ON destfile.id = f.destfile_id
LEFT JOIN virustotal_verdicts AS v ON v.shasum_id = f.shasum_id
