"""What becomes of a wrong value in each column of the database: it is found and mended, it is found and told, or nobody
can tell that it is wrong, for the reason beside it."""

MENDED = {
    "active_hours": "event_hour sensor_id",
    "addresses": "ip_id network_id",
    "changed_days": "session_day sessions",
    "command_facts": "session_ref command_id occurrences first_seen last_seen",
    "command_techniques": "command_id rule_number needs_other",
    "commands": "command_id normalized_id risk_score",
    "dead_letters": "log_id line_number byte_offset reason content content_bytes resolved_at digest",
    "event_days": "event_day",
    "event_types": "id name digest",
    "events": (
        "event_hash sensor_id session_ref matcher event_type_id counts_as event_at event_day src_ip_id src_port"
        " dst_port protocol_id username_id password_id command_id client_version_id hassh_id shasum_id filename_id"
        " url_id destfile_id file_size duration_us payload ingested_at tunnel_target_id"
        " log_id"
    ),
    "file_facts": (
        "session_ref shasum_id downloads uploads filename_id url_id destfile_id file_size first_seen updated_at"
    ),
    "log_origins": "digest written_sensor named_by_folder uuid sensor_id clock_offset_us reader",
    "login_facts": "session_ref username_id password_id attempts successes first_seen last_seen",
    "logs": "id lines events duplicates dead_letters blank archived",
    "sensors": "id name digest",
    "session_facts": (
        "session_ref sensor_id session_day first_event_at last_event_at matcher protocol_id src_ip_id src_port dst_port"
        " duration_us closed event_count command_count high_risk_commands login_successes login_failures file_downloads"
        " file_downloads_failed file_uploads tunnel_requests username_id password_id client_version_id hassh_id"
        " risk_score updated_at"
    ),
    "session_keys": "id digest sensor_id session_id",
    "sightings": "session_day kind value_id sensor_id",
    "technique_facts": "session_ref rule_number evidence_id first_seen last_seen",
    "technique_rules": "id digest rule_id technique_id attack_version needs",
    "technique_ruleset": "digest version",
    "texts": "id digest text",
}
"""A wrong value in any row of these is found by `validate`, and mended by `validate --repair`."""

TOLD = {
    "technique_ruleset": "own_rules",
}
"""Found, and left to an operator: what the own rules were, nothing else in the database says."""

OF_SEALED_DAYS = {
    "sealed_identities": "written_day first_identity session_day last_identity identities",
    "seals": "session_day events sessions_digest commands_digest logins_digest files_digest raw_digest removed_at",
    "treated_days": "session_day kind way",
}
"""Found by the check of the seals, and mended where the seal proves what is right: `test_seal.py` and `test_privacy.py`
plant them."""

_SAVES_WORK = "saves a reading: where it is wrong a log is read once more, and what is equal vanishes"
_OF_THE_READING = "tells of the reading: who reads the log again learns it"
_A_VERSION = "a random number, equal to another one or not: where it is wrong, what rests on it is made once more"
_OF_OTHERS = "what others said, or were told: nothing here says it a second time"
_A_MARK = "tells what was done, so that it is not done again; where it is wrong it is"
_MADE_ANEW = "follows from the summaries, and is made anew by its own update"
_PLACE = "where it stood in a log: reading that again tells it, and no number rests on it"

NOT_PROVED = {
    "address_lists": _OF_OTHERS,
    "artefact_facts": _MADE_ANEW,
    "artefact_sources": _MADE_ANEW,
    "campaign_changes": _MADE_ANEW,
    "campaign_days": _MADE_ANEW,
    "campaign_facts": _MADE_ANEW,
    "campaign_inputs": _A_MARK,
    "changed_days.version": _A_VERSION,
    "check_results": _A_MARK,
    "commands.ruleset": _A_MARK,
    "commands.signature": "which commands are alike: a rebuild makes it anew; to make each again takes 80 µs",
    "dead_letters.created_at": _OF_THE_READING,
    "dead_letters.id": "a number without meaning",
    "dead_letters.replayed_as": _A_MARK,
    "dead_letters.resolution": _A_MARK,
    "downloaded_artefacts": "files outside of the database: examined again they tell it",
    "downloaded_contents": "files outside of the database: examined again they tell it",
    "enrolled_days": _A_VERSION,
    "event_days.version": _A_VERSION,
    "event_types.known": "whether the release that met it first knew it",
    "events.byte_offset": _PLACE,
    "events.id": "the order of loading carries no meaning",
    "events_behind_seal": "is in no number until its day is opened, and is read anew from its JSON then",
    "indicator_facts": _MADE_ANEW,
    "log_origins.first_written_at": _OF_THE_READING,
    "log_origins.last_written_at": _OF_THE_READING,
    "log_origins.log_id": _OF_THE_READING,
    "log_paths": _SAVES_WORK,
    "logs.bytes_read": _SAVES_WORK,
    "logs.checkpoint": _SAVES_WORK,
    "logs.collector": "the machine that reads it: it has no other name",
    "logs.compression": _OF_THE_READING,
    "logs.doubt": _SAVES_WORK,
    "logs.fingerprint": _SAVES_WORK,
    "logs.first_event_at": _OF_THE_READING,
    "logs.folder": "the sensor of events that name none: of such a log the evidence tells it",
    "logs.generation": _OF_THE_READING,
    "logs.invalid_utf8": _OF_THE_READING,
    "logs.last_event_at": _OF_THE_READING,
    "logs.last_ingested_at": _OF_THE_READING,
    "logs.naive_timestamps": _OF_THE_READING,
    "logs.next_line": _SAVES_WORK,
    "logs.path": _SAVES_WORK,
    "logs.proved": _SAVES_WORK,
    "logs.read_limit": _SAVES_WORK,
    "logs.sensor_id": "the sensor of its folder by the sensors file: a `reparse` gives it anew",
    "logs.status": _OF_THE_READING,
    "logs.suspects": _SAVES_WORK,
    "logs.unknown_event_ids": _OF_THE_READING,
    "logs.unterminated": _SAVES_WORK,
    "logs.unusual": _OF_THE_READING,
    "notifications": _OF_OTHERS,
    "place_databases": _OF_OTHERS,
    "place_facts": _OF_OTHERS,
    "profile_marks": _MADE_ANEW,
    "profiled_days": _MADE_ANEW,
    "profiles": _MADE_ANEW,
    "proofs": _A_MARK,
    "publications": _OF_OTHERS,
    "rebuilt_days": _A_MARK,
    "rare_periods": _MADE_ANEW,
    "reparsed_days": _A_MARK,
    "reports": "where it is another the report is late, and written anew; its files are proved",
    "sealed_hours": "of events that left: `unarchive` and another `prune` make it anew",
    "sealed_tunnels": "of events that left: `unarchive` and another `prune` make it anew",
    "seals.sealed_at": _A_MARK,
    "seals.sessions": "told only; the digest of the sessions proves them",
    "sensor_days": _A_VERSION,
    "sensor_reports": "as reports",
    "sequence_bands": _MADE_ANEW,
    "sequences": _MADE_ANEW,
    "service_calls": _OF_OTHERS,
    "session_profiles": _MADE_ANEW,
    "tag_facts": _OF_OTHERS,
    "technique_counts": "of a rule in force: shows where a session is another's by it, and a rebuild makes it anew",
    "technique_orders": "of a rule in force: shows where a session is another's by it, and a rebuild makes it anew",
    "text_collections": _A_MARK,
    "tlsh_bands": "files outside of the database: examined again they tell it",
    "trait_days": _MADE_ANEW,
    "treated_days.file_waits": _A_MARK,
    "treated_days.key_mark": "only who has the key can tell",
    "treated_days.treated_at": _A_MARK,
    "verdict_changes": _OF_OTHERS,
    "verdict_data": _OF_OTHERS,
    "verdict_facts": _OF_OTHERS,
    "verdict_providers": _OF_OTHERS,
    "verdict_reports": _A_VERSION,
    "waiting_sessions": "what is waited for is late, and summarised",
    "warehouse_identity": "a random number",
}
"""By table or `table.column`."""
