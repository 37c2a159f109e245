-- Of the texts that may be unnamed, those that anything but an event names are not.
DELETE FROM unnamed_texts
WHERE id IN (
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.protocol_id
  UNION
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.src_ip_id
  UNION
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.username_id
  UNION
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.password_id
  UNION
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.client_version_id
  UNION
  SELECT u.id FROM session_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.hassh_id
  UNION
  SELECT u.id FROM command_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.command_id
  UNION
  SELECT u.id FROM login_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.username_id
  UNION
  SELECT u.id FROM login_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.password_id
  UNION
  SELECT u.id FROM file_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.shasum_id
  UNION
  SELECT u.id FROM file_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.filename_id
  UNION
  SELECT u.id FROM file_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.url_id
  UNION
  SELECT u.id FROM file_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.destfile_id
  UNION
  SELECT u.id FROM technique_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.evidence_id
  UNION
  SELECT u.id FROM technique_rules AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.rule_id
  UNION
  SELECT u.id FROM technique_rules AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.technique_id
  UNION
  SELECT u.id FROM command_techniques AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.command_id
  UNION
  SELECT u.id FROM sightings AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
  UNION
  SELECT u.id FROM commands AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.command_id
  UNION
  SELECT u.id FROM commands AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.normalized_id
  UNION
  SELECT u.id FROM addresses AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.ip_id
  UNION
  SELECT u.id FROM addresses AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.network_id
  UNION
  SELECT u.id FROM sealed_tunnels AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.tunnel_target_id
  UNION
  SELECT u.id FROM downloaded_contents AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.shasum_id
  UNION
  SELECT u.id FROM downloaded_artefacts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.shasum_id
  UNION
  SELECT u.id FROM tlsh_bands AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.shasum_id
  UNION
  SELECT u.id FROM place_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.address_id
  UNION
  SELECT u.id FROM place_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.as_name_id
  UNION
  SELECT u.id FROM place_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.city_id
  UNION
  SELECT u.id FROM tag_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.address_id
  UNION
  SELECT u.id FROM verdict_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
  UNION
  SELECT u.id FROM verdict_data AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
  UNION
  SELECT u.id FROM verdict_changes AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
  UNION
  SELECT u.id FROM artefact_sources AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.source_id
  UNION
  SELECT u.id FROM artefact_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.source_id
  UNION
  SELECT u.id FROM artefact_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
  UNION
  SELECT u.id FROM artefact_facts AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.comment_id
  UNION
  SELECT u.id FROM profile_marks AS n CROSS JOIN unnamed_texts AS u WHERE u.id = n.value_id
)
