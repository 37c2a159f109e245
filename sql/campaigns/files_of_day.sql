-- The files of a day's sessions.
SELECT f.session_ref, f.shasum_id, shasum.text AS shasum, f.url_id
FROM session_facts AS s
CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
CROSS JOIN texts AS shasum -- looked up by id = f.shasum_id
WHERE s.session_day = :day AND f.session_ref = s.session_ref AND shasum.id = f.shasum_id
