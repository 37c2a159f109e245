CREATE INDEX login_facts_username ON login_facts (username_id, session_ref);
