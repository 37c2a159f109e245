"""Databases as cowrieprocessor leaves them, made by hand in each version of its schema, on either engine.

The tables are those that LEGACY.md tells; `Loader` alters events as that tool's loader does.
"""

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cowrie_assets.warehouse import apsw_dbapi

VERSIONS = range(1, 18)
_COMPUTED_UNTIL = 4
"""Versions up to this one compute three columns from the payload."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
Row = dict[str, Any]


def tables(version: int, engine: str) -> list[str]:
    """The statements that make the tables of a version."""
    postgresql = engine == "postgresql"
    number = "SERIAL PRIMARY KEY" if postgresql else "INTEGER PRIMARY KEY AUTOINCREMENT"
    moment, flag = ("TIMESTAMPTZ", "BOOLEAN") if postgresql else ("DATETIME", "BOOLEAN")
    off = "false" if postgresql else "0"
    generation = "source_generation INTEGER NOT NULL DEFAULT 0," if version > 1 else ""
    if version <= _COMPUTED_UNTIL and not postgresql:
        taken = "VARCHAR(64) GENERATED ALWAYS AS (json_extract(payload, '$.{0}')) VIRTUAL"
        names = {"session_id": "session", "event_type": "eventid", "event_timestamp": "timestamp"}
        derived = ", ".join(f"{name} {taken.format(key)}" for name, key in names.items())
    else:
        derived = "session_id VARCHAR(64), event_type VARCHAR(128), event_timestamp VARCHAR(64)"
    made = [
        "CREATE TABLE schema_state (key VARCHAR(128) PRIMARY KEY, value VARCHAR(256) NOT NULL)",
        f"""CREATE TABLE raw_events (id {number}, ingest_id VARCHAR(64),
            ingest_at {moment} NOT NULL DEFAULT CURRENT_TIMESTAMP, source VARCHAR(512) NOT NULL, source_offset BIGINT,
            source_inode VARCHAR(128), {generation} payload JSON NOT NULL, payload_hash VARCHAR(64),
            risk_score INTEGER, quarantined {flag} NOT NULL DEFAULT {off}, {derived})""",
        f"""CREATE TABLE session_summaries (session_id VARCHAR(64) PRIMARY KEY, first_event_at {moment},
            last_event_at {moment}, event_count INTEGER NOT NULL, command_count INTEGER NOT NULL,
            file_downloads INTEGER NOT NULL, login_attempts INTEGER NOT NULL, matcher VARCHAR(32)
            {", enrichment JSON" if version >= 3 else ""})""",
        f"""CREATE TABLE dead_letter_events (id {number}, source VARCHAR(512), source_offset INTEGER,
            reason VARCHAR(128) NOT NULL, payload JSON NOT NULL, resolved {flag} NOT NULL DEFAULT {off}
            {", retry_count INTEGER NOT NULL DEFAULT 0, priority INTEGER" if version >= 7 and postgresql else ""})""",
    ]
    if version >= 4:
        made.append(
            f"""CREATE TABLE files (id {number}, session_id VARCHAR(64) NOT NULL, shasum VARCHAR(64) NOT NULL,
                vt_classification VARCHAR(128), vt_description TEXT, vt_malicious {flag} NOT NULL DEFAULT {off},
                vt_first_seen {moment}, vt_last_analysis {moment}, vt_positives INTEGER, vt_total INTEGER,
                vt_scan_date {moment}, last_updated {moment}, enrichment_status VARCHAR(32))"""
        )
    if version >= 16:
        made.append(
            f"""CREATE TABLE enrichment_cache (id {number}, service VARCHAR(64) NOT NULL,
                cache_key VARCHAR(256) NOT NULL, cache_value JSON NOT NULL, created_at {moment},
                expires_at {moment})"""
        )
    return made


@dataclass
class Older:
    """A database of that tool."""

    place: str
    """A SQLite file, or the URL of a PostgreSQL database."""
    version: int = 17
    _made: bool = field(default=False, init=False)

    @property
    def engine(self) -> str:
        return "postgresql" if "://" in self.place else "sqlite"

    def make(self) -> "Older":
        """Make its tables."""
        self.run(tables(self.version, self.engine))
        self.insert("schema_state", [{"key": "schema_version", "value": str(self.version)}])
        return self

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that bind nothing."""
        self._execute([(statement, {}) for statement in statements])

    def insert(self, name: str, rows: Iterable[Row]) -> None:
        """Insert rows; objects and lists are written as JSON."""
        work = []
        for row in rows:
            binds = ", ".join(f":{column}" for column in row)
            values = {key: json.dumps(each) if isinstance(each, dict | list) else each for key, each in row.items()}
            work.append((f"INSERT INTO {name} ({', '.join(row)}) VALUES ({binds})", values))
        self._execute(work)

    def _execute(self, work: Sequence[tuple[str, Row]]) -> None:
        if self.engine == "sqlite":
            with closing(apsw_dbapi.connect(Path(self.place))) as connection:
                for statement, values in work:
                    apsw.Cursor(connection).execute(statement, values)
            return
        engine = create_engine(make_url(self.place))
        with engine.begin() as begun:
            for statement, values in work:
                begun.execute(text(statement), values)
        engine.dispose()

    def events(self, payloads: Iterable[Row | str], source: str, inode: str = "4711") -> None:
        """Rows of `raw_events`, as one log after its first line would bring them."""
        rows: list[Row] = []
        for number, payload in enumerate(payloads):
            row: Row = {"source": source, "source_offset": number, "source_inode": inode, "payload": payload}
            if (self.version > _COMPUTED_UNTIL or self.engine == "postgresql") and isinstance(payload, dict):
                row |= {"session_id": payload.get("session"), "event_type": payload.get("eventid")}
            rows.append(row)
        self.insert("raw_events", rows)

    def dead_letters(self, payloads: Iterable[Row], source: str, reason: str = "json_parsing_failed") -> None:
        """Rows of `dead_letter_events`."""
        self.insert("dead_letter_events", [{"source": source, "reason": reason, "payload": each} for each in payloads])

    def summaries(self, rows: Iterable[tuple[str, str, int, int, int, int]], sensor: str = "hp-test") -> None:
        """Rows of `session_summaries`: id, first time, events, commands, downloads, logins."""
        names = ("session_id", "first_event_at", "event_count", "command_count", "file_downloads", "login_attempts")
        self.insert("session_summaries", [{**dict(zip(names, row, strict=True)), "matcher": sensor} for row in rows])


def defanged(event: Row, *, keep: bool = True) -> Row:
    """An event with a command as the loader stores it: a harmless form in its place, the original apart where kept."""
    command = str(event["input"])
    safe = f"[defang:dangerous] {command.replace(';', '[SC]').replace('http', 'hxxp')}"
    altered = {
        **event,
        "command_analysis": {"risk_level": "dangerous", "needs_defanging": True},
        "input_safe": safe,
        "command_safe": safe,
        "input_hash": digest(command),
    }
    if keep:
        altered |= {"input_original": command, "command_original": command}
    return {**altered, "input": safe, "command": safe}


def harmless(event: Row) -> Row:
    """An event with a command that the loader finds safe."""
    return {
        **event,
        "command_analysis": {"risk_level": "safe", "needs_defanging": False},
        "input_safe": event["input"],
        "command_safe": event["input"],
    }


def neutralized(event: Row) -> Row:
    """An event with a command as older loaders store it: the command is gone, its digest stays."""
    return {**event, "input_safe": "x", "input_hash": digest(str(event["input"])), "input": None, "command": None}


def digest(command: str) -> str:
    return blake2b(command.encode(), digest_size=32).hexdigest()


def stripped(value: Any) -> Any:
    """A JSON value without control characters."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, dict):
        return {stripped(key): stripped(each) for key, each in value.items()}
    return [stripped(each) for each in value] if isinstance(value, list) else value
