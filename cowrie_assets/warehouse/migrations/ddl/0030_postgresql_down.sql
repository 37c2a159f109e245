DROP INDEX login_facts_username;
