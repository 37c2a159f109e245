DROP INDEX downloaded_contents_sha1;
DROP INDEX downloaded_contents_md5;
DROP INDEX addresses_network;
DROP INDEX session_facts_hassh;
DROP INDEX file_facts_url;
DROP INDEX file_facts_file;
DROP INDEX login_facts_credential;
DROP INDEX command_facts_command;
