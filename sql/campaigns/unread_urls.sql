-- The urls of the files of a session day that were not read, or were read by other rules.
SELECT DISTINCT f.url_id, url.text AS url
FROM session_facts AS s
CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
LEFT JOIN artefact_sources AS r ON r.source_id = f.url_id
JOIN texts AS url ON url.id = f.url_id
WHERE s.session_day = :day AND f.session_ref = s.session_ref
  AND (r.source_id IS NULL OR r.version <> :version)
