-- Sessions that tried a user name, those that were loaded last; one may stand several times.
SELECT l.session_ref FROM login_facts AS l WHERE l.username_id = :value_id ORDER BY l.session_ref DESC LIMIT :most
