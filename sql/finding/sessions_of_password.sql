-- Sessions that tried a password, some of them; one may stand twice.
SELECT l.session_ref FROM login_facts AS l WHERE l.password_id = :value_id ORDER BY l.username_id DESC, l.session_ref DESC LIMIT :most
