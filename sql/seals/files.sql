SELECT
  sensors.name, session_keys.session_id, shasum.text, f.downloads, f.uploads, filename.text, url.text, destfile.text, f.file_size, f.first_seen
FROM session_facts AS s
JOIN file_facts AS f ON f.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS shasum ON shasum.id = f.shasum_id
LEFT JOIN texts AS filename ON filename.id = f.filename_id
LEFT JOIN texts AS url ON url.id = f.url_id
LEFT JOIN texts AS destfile ON destfile.id = f.destfile_id
WHERE s.session_day = :day
ORDER BY sensors.name, session_keys.session_id, shasum.text
