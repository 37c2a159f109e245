-- Every event of the range with the texts that its numbers stand for, as `operations.evidence` reads its JSON again. Each text is looked up: a day
-- costs the same however many there are.
SELECT
  e.id AS id, e.session_ref AS session_ref, e.log_id AS log_id, e.byte_offset AS byte_offset, e.event_hash AS event_hash, sensors.name AS sensor, keys.session_id AS session_id, e.matcher AS matcher,
  event_types.name AS event_type, e.counts_as AS counts_as, e.event_at AS event_at, e.event_day AS event_day,
  src_ip.text AS src_ip, e.src_port AS src_port, e.dst_port AS dst_port, protocol.text AS protocol,
  username.text AS username, password.text AS password, command.text AS command, client_version.text AS client_version,
  hassh.text AS hassh, shasum.text AS shasum, filename.text AS filename, url.text AS url, destfile.text AS destfile,
  tunnel_target.text AS tunnel_target, e.file_size AS file_size, e.duration_us AS duration_us, e.payload AS payload
FROM events AS e
LEFT JOIN sensors ON sensors.id = e.sensor_id
LEFT JOIN session_keys AS keys -- looked up by id = e.session_ref
  ON keys.id = e.session_ref
LEFT JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN texts AS src_ip -- looked up by id = e.src_ip_id
  ON src_ip.id = e.src_ip_id
LEFT JOIN texts AS protocol -- looked up by id = e.protocol_id
  ON protocol.id = e.protocol_id
LEFT JOIN texts AS username -- looked up by id = e.username_id
  ON username.id = e.username_id
LEFT JOIN texts AS password -- looked up by id = e.password_id
  ON password.id = e.password_id
LEFT JOIN texts AS command -- looked up by id = e.command_id
  ON command.id = e.command_id
LEFT JOIN texts AS client_version -- looked up by id = e.client_version_id
  ON client_version.id = e.client_version_id
LEFT JOIN texts AS hassh -- looked up by id = e.hassh_id
  ON hassh.id = e.hassh_id
LEFT JOIN texts AS shasum -- looked up by id = e.shasum_id
  ON shasum.id = e.shasum_id
LEFT JOIN texts AS filename -- looked up by id = e.filename_id
  ON filename.id = e.filename_id
LEFT JOIN texts AS url -- looked up by id = e.url_id
  ON url.id = e.url_id
LEFT JOIN texts AS destfile -- looked up by id = e.destfile_id
  ON destfile.id = e.destfile_id
LEFT JOIN texts AS tunnel_target -- looked up by id = e.tunnel_target_id
  ON tunnel_target.id = e.tunnel_target_id
WHERE e.event_day BETWEEN :first_day AND :last_day
