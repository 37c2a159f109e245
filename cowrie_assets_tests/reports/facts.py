"""Sessions written down by hand, and stored as a refresh of the summaries would leave them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, text, update

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, day_number
from cowrie_assets.cowrie.timestamps import USABLE_US
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.providers import DSHIELD, VIRUSTOTAL
from cowrie_assets.summaries.sightings import refresh_sightings
from cowrie_assets.warehouse import schema
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse

_LAST_TIME = USABLE_US[-1]
TABLES = (
    *(schema.sensors, schema.texts, schema.session_keys, schema.commands, schema.event_days),
    *(schema.session_facts, schema.command_facts, schema.login_facts, schema.file_facts),
    *(
        schema.waiting_sessions,
        schema.changed_days,
        schema.sensor_days,
        schema.sensor_reports,
        schema.reports,
        schema.verdict_facts,
        schema.verdict_reports,
    ),
    *(schema.verdict_changes, schema.verdict_data, schema.place_facts, schema.tag_facts, schema.address_lists),
    *(schema.downloaded_contents, schema.downloaded_artefacts, schema.tlsh_bands),
    *(schema.addresses, schema.sightings, schema.active_hours, schema.check_results),
    *(schema.logs, schema.log_origins, schema.dead_letters, schema.publications, schema.notifications),
)
_NOT_SAID = {
    **dict.fromkeys(("malicious", "score", "label", "description", "positives", "total", "first_seen", "error")),
    **dict.fromkeys(("last_analysis", "scanned_at", "changed_at", "expires_at", "next_attempt_at")),
}


@dataclass(frozen=True)
class Login:
    username: str | None
    password: str | None
    failures: int = 1
    successes: int = 0


@dataclass(frozen=True)
class StoredFile:
    shasum: str
    downloads: int = 1
    uploads: int = 0
    url: str | None = None


@dataclass(frozen=True)
class Session:
    """One session; whatever it does not say did not happen."""

    day: date
    sensor: str = "hp-1"
    src_ip: str | None = "192.0.2.1"
    protocol: str | None = "ssh"
    duration_us: int = 0
    closed: int = 1
    second: int | None = None
    """When it begins, in seconds of its day; else the first one begins at second 1, the next at second 2."""
    commands: dict[str, int] = field(default_factory=dict)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    """First and last time of a command, in microseconds from the beginning; else at the beginning."""
    risk_score: int = 0
    logins: tuple[Login, ...] = ()
    files: tuple[StoredFile, ...] = ()
    unstored_downloads: int = 0
    """Downloads whose `shasum` made no row of `files`."""
    failed_downloads: int = 0
    tunnel_requests: int = 0
    hassh: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Verdicts:
    risky_commands: dict[str, int] = field(default_factory=dict)
    malicious_files: frozenset[str] = frozenset()
    clean_files: frozenset[str] = frozenset()
    listed_ips: frozenset[str] = frozenset()
    clean_ips: frozenset[str] = frozenset()
    submitted: dict[str, int] = field(default_factory=dict)
    """When VirusTotal was first given a file that it judges, in microseconds since 1970-01-01 UTC."""
    labels: dict[str, str] = field(default_factory=dict)
    """What VirusTotal calls a file that it judges."""
    unjudged_files: dict[str, Status] = field(default_factory=dict)
    """Files of which VirusTotal does not say whether they are malicious; those that it does not know are `ENRICHED`."""


class Facts:
    """Fills the tables of one warehouse, which it empties first."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._text_ids: dict[str, int] = {}
        self._judged_commands: set[int] = set()
        self._sensor_ids: dict[str, int] = {}

    def store(self, sessions: Iterable[Session], verdicts: Verdicts | None = None, sensors: Iterable[str] = ()) -> None:
        """`sensors` are known whether or not they have a session."""
        for sensor in sensors:
            self._put(schema.log_origins, **_origin(sensor, self._sensor(sensor)))
        counts: Counter[int] = Counter()
        of_sensors: set[tuple[int, str]] = set()
        for ref, session in enumerate(sessions, 1):
            self._add(ref, session, verdicts or Verdicts())
            counts[day_number(session.day)] += 1
            of_sensors.add((day_number(session.day), session.sensor))
        days = sorted(counts)
        for day, sensor in sorted(of_sensors):
            self._put(schema.sensor_days, session_day=day, sensor_id=self._sensor(sensor), version=1)
        for day in days:
            self._put(schema.changed_days, session_day=day, version=1, sessions=counts[day])
            self._put(schema.event_days, event_day=day, version=1)
        self._judge(verdicts or Verdicts())
        with self._warehouse.write() as connection:
            self._write(connection)
        refresh_sightings(self._warehouse, days)
        with self._warehouse.write() as connection:
            for table in (schema.changed_days, schema.sensor_days):
                connection.execute(update(table).values(version=1))

    def _add(self, ref: int, session: Session, verdicts: Verdicts) -> None:
        sensor_id = self._sensor(session.sensor)
        key = f"{session.sensor}/{ref}"
        self._put(schema.session_keys, id=ref, digest=_digest(key), sensor_id=sensor_id, session_id=f"{ref:012x}")
        second = ref if session.second is None else session.second
        at = day_number(session.day) * US_PER_DAY + second * US_PER_SECOND
        seen = {"first_seen": at, "last_seen": at}
        self._put(
            schema.session_facts,
            session_ref=ref,
            sensor_id=sensor_id,
            session_day=day_number(session.day),
            first_event_at=at,
            last_event_at=min(at + session.duration_us, _LAST_TIME),
            matcher=2,
            protocol_id=self._text(session.protocol),
            src_ip_id=self._text(session.src_ip),
            src_port=None,
            dst_port=22,
            duration_us=session.duration_us,
            closed=session.closed,
            event_count=1,
            command_count=sum(session.commands.values()),
            high_risk_commands=sum(
                count for command, count in session.commands.items() if verdicts.risky_commands.get(command, 0) >= 70
            ),
            login_successes=sum(login.successes for login in session.logins),
            login_failures=sum(login.failures for login in session.logins),
            file_downloads=sum(file.downloads for file in session.files) + session.unstored_downloads,
            file_downloads_failed=session.failed_downloads,
            file_uploads=sum(file.uploads for file in session.files),
            tunnel_requests=session.tunnel_requests,
            username_id=None,
            password_id=None,
            client_version_id=self._text(session.version),
            hassh_id=self._text(session.hassh),
            risk_score=session.risk_score,
            updated_at=at,
        )
        for command, occurrences in session.commands.items():
            command_id = self._command(command, verdicts.risky_commands.get(command, 0))
            first, last = session.seen.get(command, (0, 0))
            self._put(
                schema.command_facts,
                session_ref=ref,
                command_id=command_id,
                occurrences=occurrences,
                first_seen=at + first,
                last_seen=at + last,
            )
        for login in session.logins:
            self._put(
                schema.login_facts,
                session_ref=ref,
                username_id=self._text(login.username) or 0,
                password_id=self._text(login.password) or 0,
                attempts=login.failures + login.successes,
                successes=login.successes,
                **seen,
            )
        for file in session.files:
            self._put(
                schema.file_facts,
                session_ref=ref,
                shasum_id=self._text(file.shasum),
                downloads=file.downloads,
                uploads=file.uploads,
                filename_id=None,
                url_id=self._text(file.url),
                destfile_id=None,
                file_size=None,
                first_seen=at,
                updated_at=at,
            )

    def _judge(self, verdicts: Verdicts) -> None:
        for shasum in sorted(verdicts.malicious_files | verdicts.clean_files):
            said = {"first_seen": verdicts.submitted.get(shasum), "label": encode_text(verdicts.labels.get(shasum))}
            self._verdict(Kind.FILE, VIRUSTOTAL, shasum, malicious=int(shasum in verdicts.malicious_files), **said)
        for shasum, status in verdicts.unjudged_files.items():
            self._verdict(Kind.FILE, VIRUSTOTAL, shasum, status=int(status), malicious=None)
        for ip in sorted(verdicts.listed_ips | verdicts.clean_ips):
            self._verdict(Kind.ADDRESS, DSHIELD, ip, malicious=int(ip in verdicts.listed_ips))

    def _verdict(self, kind: Kind, provider_id: int, value: str, **said: Any) -> None:
        key = {"kind": int(kind), "value_id": self._text(value), "provider_id": provider_id}
        row = {"status": int(Status.ENRICHED), "fetched_at": 1, "attempts": 0, **said}
        self._put(schema.verdict_facts, **(_NOT_SAID | key | row))
        if row["status"] != Status.PENDING:
            changed = {name: (_NOT_SAID | row)[name] for name in ("malicious", "score", "label", "first_seen")}
            self._put(schema.verdict_changes, **key, **changed, status=row["status"], changed_at=1)

    def _command(self, command: str, risk: int) -> int:
        command_id = self._text(command)
        assert command_id is not None
        if command_id not in self._judged_commands:
            self._judged_commands.add(command_id)
            self._put(
                schema.commands,
                command_id=command_id,
                normalized_id=command_id,
                signature=int.from_bytes(_digest(command)[:5], "big"),
                risk_score=risk,
                ruleset=1,
            )
        return command_id

    def _text(self, text: str | None) -> int | None:
        if text is None:
            return None
        if text not in self._text_ids:
            self._text_ids[text] = len(self._text_ids) + 1
            self._put(schema.texts, id=self._text_ids[text], digest=digest_of(text), text=encode_text(text))
        return self._text_ids[text]

    def _sensor(self, name: str) -> int:
        if name not in self._sensor_ids:
            self._sensor_ids[name] = len(self._sensor_ids) + 1
            self._put(schema.sensors, id=self._sensor_ids[name], name=encode_text(name))
        return self._sensor_ids[name]

    def _put(self, table: Table, **row: Any) -> None:
        self._rows.setdefault(table, []).append(row)

    def _write(self, connection: Connection) -> None:
        for table in TABLES:
            connection.execute(delete(table))
        for table, rows in self._rows.items():
            connection.execute(insert(table), rows)
            if connection.dialect.name == "postgresql" and "id" in table.c:
                behind = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), MAX(id)) FROM {table.name}"
                connection.execute(text(behind))


def _origin(name: str, sensor_id: int) -> dict[str, Any]:
    """What the ledger has of a sensor whose log was read."""
    return {
        **{"log_id": 0, "digest": _digest(name), "written_sensor": encode_text(name), "named_by_folder": 0, "uuid": ""},
        **{"sensor_id": sensor_id, "clock_offset_us": 0, "reader": 1, "first_written_at": 0, "last_written_at": 0},
    }


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
