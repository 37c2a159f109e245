-- The sessions that had a file from a url, those that were loaded last; one may stand twice.
SELECT f.session_ref FROM file_facts AS f WHERE f.url_id = :value_id ORDER BY f.session_ref DESC LIMIT :most
