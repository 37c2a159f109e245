"""What the columns of each table mean, as Dagster's pages list them. The names are those of the views."""

import dagster as dg

_TIME = "timestamp"
_SESSION = (
    ("sensor", "string", "the honeypot's name"),
    ("session_id", "string", "Cowrie's name of one connection; unique per sensor only"),
)

_COLUMNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "raw_events": (
        ("sensor", "string", "the honeypot's name"),
        ("session_id", "string", "the session the event belongs to; empty where it belongs to none"),
        ("matcher", "string", "how the session was found: full_delimited, session_id_only or event_session"),
        ("event_type", "string", "Cowrie's event id, those of 2015 mapped to today's"),
        ("event_timestamp", _TIME, "when it happened, UTC"),
        ("event_date", "date", "the UTC day it happened on"),
        ("src_ip", "string", "the attacker's address"),
        ("payload", "json", "the event as Cowrie wrote it"),
        ("event_hash", "string", "its identity: sensor and JSON content"),
        ("log_file_id", "integer", "the log that brought it first"),
        ("byte_offset", "integer", "where in that log's content its line starts"),
        ("ingested_at", _TIME, "when it was stored"),
    ),
    "session_summaries": (
        *_SESSION,
        ("matcher", "string", "how the session id was found"),
        ("protocol", "string", "ssh or telnet"),
        ("src_ip", "string", "the attacker's address, of the earliest event that has one"),
        ("src_port", "integer", "the attacker's port"),
        ("dst_port", "integer", "the honeypot's port"),
        ("first_event_at", _TIME, "least event time; its UTC day is the session's day"),
        ("last_event_at", _TIME, "greatest event time"),
        ("duration_seconds", "float", "as Cowrie wrote on closing, else last minus first event"),
        ("closed", "integer", "1 where Cowrie wrote that the session closed"),
        ("event_count", "integer", "events of the session"),
        ("command_count", "integer", "lines typed into the shell"),
        ("high_risk_commands", "integer", "those of them whose risk score is 70 or more"),
        ("login_attempts", "integer", "successes and failures"),
        ("login_successes", "integer", "logins that were let in"),
        ("login_failures", "integer", "logins that were refused"),
        ("file_downloads", "integer", "files fetched by the attacker"),
        ("file_downloads_failed", "integer", "fetches that failed"),
        ("file_uploads", "integer", "files sent by the attacker"),
        ("tunnel_requests", "integer", "connections asked for through the session (direct-tcpip)"),
        ("username", "string", "of the first successful login, else of the last failed one"),
        ("password", "string", "of the same login"),
        ("client_version", "string", "what the client says it is"),
        ("hassh", "string", "fingerprint of the client's key exchange"),
        ("risk_score", "integer", "0 to 100, of the commands typed"),
        ("vt_flagged", "integer", "1 where a file of the session is known as malware"),
        ("dshield_flagged", "integer", "1 where DShield lists the address"),
        ("updated_at", _TIME, "when its newest event was stored"),
    ),
    "command_stats": (
        *_SESSION,
        ("command", "string", "the line exactly as typed"),
        (
            "command_normalized",
            "string",
            "the line with what varies between runs folded, for grouping",
        ),
        ("occurrences", "integer", "how often the session typed it"),
        ("first_seen", _TIME, "first time in the session"),
        ("last_seen", _TIME, "last time in the session"),
        ("high_risk", "integer", "1 where the command scores 70 or more"),
    ),
    "login_stats": (
        *_SESSION,
        ("username", "string", "as tried"),
        ("password", "string", "as tried; empty for keys"),
        ("attempts", "integer", "how often the session tried the pair"),
        ("successes", "integer", "how often it was let in"),
        ("first_seen", _TIME, "first time in the session"),
        ("last_seen", _TIME, "last time in the session"),
    ),
    "files": (
        *_SESSION,
        ("shasum", "string", "SHA-256 of the content"),
        ("direction", "string", "download, upload or both"),
        ("filename", "string", "its name, without folders and control characters"),
        ("file_size", "integer", "bytes, where known"),
        ("download_url", "string", "where it was fetched from"),
        ("destfile", "string", "where the attacker put it"),
        ("occurrences", "integer", "how often the session moved it"),
        ("vt_classification", "string", "VirusTotal's name of it"),
        ("vt_description", "string", "VirusTotal's description"),
        ("vt_malicious", "integer", "1 where VirusTotal calls it malware"),
        ("vt_first_seen", _TIME, "when VirusTotal first saw it"),
        ("vt_last_analysis", _TIME, "when VirusTotal last looked"),
        ("vt_positives", "integer", "engines that call it malware"),
        ("vt_total", "integer", "engines asked"),
        ("vt_scan_date", _TIME, "when the engines were asked"),
        ("first_seen", _TIME, "first time in the session"),
        ("last_updated", _TIME, "when the row last changed"),
        ("enrichment_status", "string", "pending, enriched, failed or skipped"),
    ),
    "session_techniques": (
        *_SESSION,
        ("technique", "string", "its id in ATT&CK"),
        ("rule", "string", "the rule by which the session shows it"),
        ("evidence", "string", "the first command that shows it, as typed; empty where none does"),
        ("first_seen", _TIME, "first time in the session"),
        ("last_seen", _TIME, "last time in the session"),
        ("attack_version", "string", "the version of ATT&CK that the id is of"),
    ),
    "campaigns": (
        ("campaign_id", "string", "of its oldest session; stays as sessions come"),
        ("name", "string", "what is distinctive of it: a key's comment, a form that was typed, a mark"),
        ("first_seen", _TIME, "when its first session began"),
        ("last_seen", _TIME, "the last event of its sessions"),
        ("sessions", "integer", "that belong to it"),
        ("addresses", "integer", "they came from"),
        ("networks", "integer", "/24 or /48 they came from"),
        ("sensors", "integer", "that saw it"),
        ("days", "integer", "on which a session of it began"),
        ("profiles", "integer", "how many different things its sessions did"),
        ("oldest_sensor", "string", "of its oldest session"),
        ("oldest_session_id", "string", "its oldest session"),
    ),
    "campaign_sessions": (
        ("campaign_id", "string", "the campaign"),
        *_SESSION,
    ),
    "sightings": (
        ("session_day", "integer", "the UTC day of the sessions, in days since 1970-01-01"),
        (
            "kind",
            "integer",
            "0 a session at all, 1 SHA-256, 2 url, 3 command (normal form), 4 password, 5 HASSH, 6 source network, "
            "7 technique",
        ),
        ("value_id", "integer", "the value, in the table texts; 0 for a session at all"),
        ("sensor_id", "integer", "the honeypot, in the table sensors; 0 means any of them"),
    ),
}


def column_schema(table: str) -> dg.TableSchema:
    """The columns of one of the contract's tables."""
    return dg.TableSchema(
        columns=[dg.TableColumn(name, kind, description=text) for name, kind, text in _COLUMNS[table]]
    )
