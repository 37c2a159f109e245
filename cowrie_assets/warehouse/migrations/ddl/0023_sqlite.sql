CREATE INDEX command_facts_command ON command_facts (command_id, session_ref);
CREATE INDEX login_facts_credential ON login_facts (password_id, username_id, session_ref);
CREATE INDEX file_facts_file ON file_facts (shasum_id, session_ref);
CREATE INDEX file_facts_url ON file_facts (url_id, session_ref) WHERE url_id IS NOT NULL;
CREATE INDEX session_facts_hassh ON session_facts (hassh_id, session_day) WHERE hassh_id IS NOT NULL;
CREATE INDEX addresses_network ON addresses (network_id, ip_id);
CREATE INDEX downloaded_contents_md5 ON downloaded_contents (md5);
CREATE INDEX downloaded_contents_sha1 ON downloaded_contents (sha1);
