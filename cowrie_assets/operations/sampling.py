"""A second opinion about some sessions: counted in Python from the JSON of their events, by code that shares nothing
with the SQL, the reader and the checks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets import second_opinion
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.checks import CheckResult, result
from cowrie_assets.summaries.found_rows import EXAMPLES, dates, named
from cowrie_assets.summaries.lateness import Lateness
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events, log_origins
from cowrie_assets.warehouse.sql import statement

NAME = "sampled_sessions_equal_a_second_count"
_PROMISE = "sessions drawn at random are what a second program counts in their events"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIMES = ("first_event_at", "last_event_at")
_AT_ONCE = 200
_NO_NUMBER = (0, 0)

Rows = dict[tuple[str, str | None, str | None], tuple[int, int]]
"""By kind (`command`, `login`, `file`) and what it is: how often, and how many successes."""


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What the events of a session come to."""

    counts: Mapping[str, Any]
    rows: Rows
    addresses: frozenset[str | None]
    """Those of the earliest events that have one."""
    span: tuple[int, int]
    """When the first and the last was written, in microseconds since 1970-01-01 UTC."""


def check_sample(
    warehouse: Warehouse,
    number: int,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
    *,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Count `number` sessions of the days `start` to `end` (inclusive; open where None) a second time and compare."""
    differing: list[dict[str, Any]] = []
    with warehouse.read() as connection:
        late = Lateness.of(connection)
        binds = {**day_window(start, end), "number": number}
        drawn = connection.execute(statement("checks/sample_sessions"), binds).mappings().all()
        offsets = _Offsets(connection)
        for position, session in enumerate(drawn):
            progress(Progress("count again", position, len(drawn), "sessions"))
            if late.is_waited_for(session["session_day"]):
                continue
            if causes := list(_causes(connection, session, offsets)):
                place = {"session_day": session["session_day"], "session_ref": session["session_ref"]}
                differing.append({**place, "cause": "; ".join(causes)})
        progress(Progress("count again", len(drawn), len(drawn), "sessions"))
        rows = named(connection, differing[:examples])
    days = dates(row["session_day"] for row in differing)
    return result(NAME, _PROMISE, len(differing), rows, mend=mending.rebuild(days), days=days)


class _Offsets:
    """The clock offsets that were taken off the times of each sensor's events, each looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, set[int]] = {}

    def of(self, sensor_id: int) -> set[int]:
        """In microseconds; 0 is always among them."""
        if sensor_id not in self._known:
            query = select(log_origins.c.clock_offset_us).where(log_origins.c.sensor_id == sensor_id).distinct()
            self._known[sensor_id] = {0, *self._connection.execute(query).scalars()}
        return self._known[sensor_id]


def _causes(connection: Connection, session: RowMapping, offsets: _Offsets) -> Iterator[str]:
    """What of a session is not what its events give."""
    opinion = _opinion(connection, session)
    if opinion is None:
        yield "no event of it is stored"
        return
    for name, counted in opinion.counts.items():
        if name not in (*_TIMES, "src_ip") and session[name] != counted:
            yield f"{name} is {session[name]}, not {counted}"
    if decode_text(session["src_ip"]) not in opinion.addresses:
        yield "src_ip is none of its first events'"
    first, last = opinion.span
    stored = tuple(session[name] for name in _TIMES)
    if all(stored != (first - offset, last - offset) for offset in offsets.of(session["sensor_id"])):
        yield "it does not begin and end with its events"
    stands = _rows(connection, session["session_ref"])
    for kind in ("command", "login", "file"):
        keys = {key for key in stands.keys() | opinion.rows.keys() if key[0] == kind}
        wrong = sum(stands.get(key, _NO_NUMBER) != opinion.rows.get(key, _NO_NUMBER) for key in keys)
        if wrong:
            yield f"{wrong} of its {len(keys)} {kind}s is another or counted otherwise"


def _opinion(connection: Connection, session: RowMapping) -> _Opinion | None:
    """A session of a million events is in memory as one: it is drawn as seldom as any."""
    query = select(events.c.payload).where(events.c.session_ref == session["session_ref"])
    sensor, name = decode_text(session["sensor"]), decode_text(session["session_id"]) or " "
    found = []
    for payload in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).scalars():
        event = json.loads(decode_text(payload))
        found.append(second_opinion.known_event({**event, "session": name}, sensor))
    if not found:
        return None
    counts = second_opinion.session_row(found)
    rows: Rows = {("command", row[2], None): (number, 0) for row, number in second_opinion.command_rows(found).items()}
    rows |= {("login", row[2], row[3]): numbers for row, numbers in second_opinion.login_rows(found).items()}
    rows |= {("file", row[2], None): (number, 0) for row, number in second_opinion.file_rows(found).items()}
    span = (_microseconds(counts["first_event_at"]), _microseconds(counts["last_event_at"]))
    return _Opinion(counts, rows, frozenset(second_opinion.first_addresses(found)), span)


def _rows(connection: Connection, session_ref: int) -> Rows:
    found = connection.execute(statement("checks/sample_rows"), {"session_ref": session_ref})
    return {
        (row.kind, decode_text(row.first_text), decode_text(row.second_text)): (row.number, row.successes)
        for row in found
    }


def _microseconds(time: str) -> int:
    return (datetime.fromisoformat(time) - _EPOCH) // _MICROSECOND
