-- The texts that anything but an event names; the number 0, which stands for none in some tables, names none.
INSERT INTO named_texts (id)
SELECT named.id
FROM (
  SELECT protocol_id AS id FROM session_facts
  UNION
  SELECT src_ip_id FROM session_facts
  UNION
  SELECT username_id FROM session_facts
  UNION
  SELECT password_id FROM session_facts
  UNION
  SELECT client_version_id FROM session_facts
  UNION
  SELECT hassh_id FROM session_facts
  UNION
  SELECT command_id FROM command_facts
  UNION
  SELECT username_id FROM login_facts
  UNION
  SELECT password_id FROM login_facts
  UNION
  SELECT shasum_id FROM file_facts
  UNION
  SELECT filename_id FROM file_facts
  UNION
  SELECT url_id FROM file_facts
  UNION
  SELECT destfile_id FROM file_facts
  UNION
  SELECT value_id FROM sightings
  UNION
  SELECT command_id FROM commands
  UNION
  SELECT normalized_id FROM commands
  UNION
  SELECT ip_id FROM addresses
  UNION
  SELECT network_id FROM addresses
  UNION
  SELECT tunnel_target_id FROM sealed_tunnels
  UNION
  SELECT shasum_id FROM downloaded_contents
  UNION
  SELECT shasum_id FROM downloaded_artefacts
  UNION
  SELECT shasum_id FROM tlsh_bands
  UNION
  SELECT address_id FROM place_facts
  UNION
  SELECT as_name_id FROM place_facts
  UNION
  SELECT city_id FROM place_facts
  UNION
  SELECT address_id FROM tag_facts
  UNION
  SELECT value_id FROM verdict_facts
  UNION
  SELECT value_id FROM verdict_data
  UNION
  SELECT value_id FROM verdict_changes
) AS named
WHERE named.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM named_texts AS known WHERE known.id = named.id)
