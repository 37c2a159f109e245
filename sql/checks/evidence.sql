-- Every event of the range with the texts that its numbers stand for, as `operations.evidence` reads its JSON again.
SELECT
  e.id AS id, e.session_ref AS session_ref, e.log_id AS log_id, e.byte_offset AS byte_offset, e.event_hash AS event_hash, sensors.name AS sensor, session_keys.session_id AS session_id, e.matcher AS matcher,
  event_types.name AS event_type, e.counts_as AS counts_as, e.event_at AS event_at, e.event_day AS event_day,
  src_ip.text AS src_ip, e.src_port AS src_port, e.dst_port AS dst_port, protocol.text AS protocol,
  username.text AS username, password.text AS password, command.text AS command, client_version.text AS client_version,
  hassh.text AS hassh, shasum.text AS shasum, filename.text AS filename, url.text AS url, destfile.text AS destfile,
  tunnel_target.text AS tunnel_target, e.file_size AS file_size, e.duration_us AS duration_us, e.payload AS payload
FROM events AS e
LEFT JOIN sensors ON sensors.id = e.sensor_id
LEFT JOIN session_keys ON session_keys.id = e.session_ref
LEFT JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN texts AS src_ip ON src_ip.id = e.src_ip_id
LEFT JOIN texts AS protocol ON protocol.id = e.protocol_id
LEFT JOIN texts AS username ON username.id = e.username_id
LEFT JOIN texts AS password ON password.id = e.password_id
LEFT JOIN texts AS command ON command.id = e.command_id
LEFT JOIN texts AS client_version ON client_version.id = e.client_version_id
LEFT JOIN texts AS hassh ON hassh.id = e.hassh_id
LEFT JOIN texts AS shasum ON shasum.id = e.shasum_id
LEFT JOIN texts AS filename ON filename.id = e.filename_id
LEFT JOIN texts AS url ON url.id = e.url_id
LEFT JOIN texts AS destfile ON destfile.id = e.destfile_id
LEFT JOIN texts AS tunnel_target ON tunnel_target.id = e.tunnel_target_id
WHERE e.event_day BETWEEN :first_day AND :last_day
