-- The files of a day's sessions.
SELECT f.session_ref, f.shasum_id, shasum.text AS shasum
FROM session_facts AS s
CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
JOIN texts AS shasum ON shasum.id = f.shasum_id
WHERE s.session_day = :day AND f.session_ref = s.session_ref
