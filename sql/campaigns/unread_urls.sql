-- The urls of the files of a session day that were not read, or were read by other rules.
SELECT d.url_id, url.text AS url
FROM (
  SELECT DISTINCT f.url_id
  FROM session_facts AS s
  CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
  WHERE s.session_day = :day AND f.session_ref = s.session_ref
) AS d
LEFT JOIN artefact_sources AS r -- looked up by source_id = d.url_id
  ON r.source_id = d.url_id
CROSS JOIN texts AS url -- looked up by id = d.url_id
WHERE (r.source_id IS NULL OR r.version <> :version) AND url.id = d.url_id
