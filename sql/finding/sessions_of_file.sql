-- The sessions that transferred a file, those that were loaded last.
SELECT f.session_ref FROM file_facts AS f WHERE f.shasum_id = :value_id ORDER BY f.session_ref DESC LIMIT :most
