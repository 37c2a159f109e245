"""Source addresses matched with files on this machine: where they are (`mmdb`), and which lists name them (`lists`).

What is new costs what is new: the addresses of the days that changed since are matched. Where a file is another, or the
settings name others, all addresses are, many in a transaction, of which only differences are written. The marks of the
files are recorded when all is done, so a run that was stopped is begun again. Until then the marks of what was begun
stand there (`file_marks`): of two runs with other files the one that began last goes on, and the other ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from sqlalchemy import Connection, func, select

from cowrie_assets import clock
from cowrie_assets.activity import stage
from cowrie_assets.clock import day_of_number
from cowrie_assets.enrichment.address_ranges import Address, address_of
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.file_marks import OvertakenError
from cowrie_assets.enrichment.local_sources import LocalSources, UnusableFileError
from cowrie_assets.enrichment.matched_lists import MatchedLists
from cowrie_assets.enrichment.matched_places import MatchedPlaces
from cowrie_assets.enrichment.places import Written
from cowrie_assets.enrichment.providers import known_provider, provider_ids
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import addresses
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

SERVICES = ("mmdb", "lists")
_AT_A_TIME = 200_000
_MOST_DAYS = 31
"""Where more days changed, all addresses are matched: one that was seen on many days is then matched once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be matched with the files of a service."""

    service: str
    days: tuple[tuple[int, int], ...]
    """Those that changed since, by number, each with its version."""
    is_whole: bool
    """All addresses are matched."""
    faults: tuple[str, ...]
    """Files that cannot be used, each with its reason: what they said stays."""

    @property
    def is_due(self) -> bool:
        """Whether there is anything to do."""
        return self.is_whole or bool(self.days)


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of matching addresses with the files of a service."""

    service: str
    addresses: int
    """That were matched; one of several days counts for each."""
    changed: int
    """Of which something is another now."""
    faults: tuple[str, ...]
    """Files that could not be used, each with its reason: what they said stays."""
    overtaken: str | None = None
    """Why it ended before it was done: what another run did meanwhile, as a sentence."""


class Files(Protocol):
    """The files of one service."""

    faults: list[str]
    """Those that cannot be used, each with its reason."""

    def look(self, connection: Connection) -> bool:
        """Whether they are others than those that all addresses were matched with."""

    @property
    def are_matched(self) -> bool:
        """Whether there is anything to match with, now that they were looked at."""

    def begin(self, connection: Connection, *, is_whole: bool) -> None:
        """Record that they are being matched; with all addresses where `is_whole`.

        `match` and `finish` raise OvertakenError once another run recorded something else.
        """

    def open(self, stack: ExitStack) -> None:
        """Make them ready to match with."""

    def match(
        self,
        connection: Connection,
        found: Mapping[int, Address | None],
        *,
        now_us: int,
        in_a_row: bool,
    ) -> Written:
        """Write what they say of addresses, by their `texts.id`; see `enrichment.places`."""

    def finish(self, connection: Connection, *, is_whole: bool, now_us: int) -> None:
        """Record that they were matched."""


def plan_matching(warehouse: Warehouse, sources: LocalSources, services: Sequence[str] = SERVICES) -> list[Plan]:
    """What `match_addresses` has to do; changes nothing."""
    return [_planned(warehouse, service, sources, _files(service, sources)) for service in services]


def match_addresses(
    warehouse: Warehouse,
    sources: LocalSources,
    *,
    services: Sequence[str] = SERVICES,
    now_us: int | None = None,
    progress: ProgressSink = silent,
) -> list[Matched]:
    """Match the addresses that are due with the files of each service, and mark the reports that show otherwise.

    A file that cannot be used is told (`Matched.faults`), and what it said stays. `now_us` is in microseconds since
    1970-01-01 UTC.
    """
    now = clock.now_us() if now_us is None else now_us
    done: list[Matched] = []
    with stage("enrichment", database=warehouse) as run:
        progress = run.telling(progress)
        for service in services:
            with stage("enrich", service=service):
                done.append(_match(warehouse, service, sources, now, progress))
            matched, changed = (sum(each.addresses for each in done), sum(each.changed for each in done))
            run.note(values_asked=matched, values_changed=changed, faults=sum(len(each.faults) for each in done))
    return done


def _files(service: str, sources: LocalSources) -> Files:
    return MatchedPlaces(sources.databases) if service == "mmdb" else MatchedLists(sources.lists)


def _planned(warehouse: Warehouse, service: str, sources: LocalSources, files: Files) -> Plan:
    if service in sources.faults:
        return Plan(service, (), False, (sources.faults[service],))
    with warehouse.read() as connection:
        are_others = files.look(connection)
        days = _days_due(connection, service) if files.are_matched else ()
    return Plan(service, days, are_others or len(days) > _MOST_DAYS, tuple(files.faults))


def _days_due(connection: Connection, service: str) -> tuple[tuple[int, int], ...]:
    """Days and their versions, the newest first."""
    binds = {"kind": int(Kind.ADDRESS), "provider_id": known_provider(connection, service) or 0}
    rows = connection.execute(statement("enrichment/days_to_enroll"), binds)
    return tuple((row.session_day, row.version) for row in rows)


def _match(warehouse: Warehouse, service: str, sources: LocalSources, now: int, progress: ProgressSink) -> Matched:
    files = _files(service, sources)
    plan = _planned(warehouse, service, sources, files)
    if not plan.is_due:
        return Matched(service, 0, 0, plan.faults)
    matched = changed = 0
    overtaken = None
    warehouse.run(partial(files.begin, is_whole=plan.is_whole), ROWS)
    try:
        with ExitStack() as stack:
            files.open(stack)
            for batch in _batches(warehouse, plan, progress):
                found = {address_id: address_of(text) for address_id, text in batch.items()}
                write = partial(files.match, found=found, now_us=now, in_a_row=plan.is_whole)
                changed += warehouse.run(write, ROWS).changed
                matched += len(batch)
        warehouse.run(partial(_finish, plan=plan, files=files, now=now), ROWS)
    except UnusableFileError as error:
        files.faults.append(str(error))
    except OvertakenError as error:
        overtaken = str(error)
    return Matched(service, matched, changed, tuple(files.faults), overtaken)


def _finish(connection: Connection, plan: Plan, files: Files, now: int) -> None:
    files.finish(connection, is_whole=plan.is_whole, now_us=now)
    number = provider_ids(connection, {plan.service})[plan.service]
    rows = [
        {"kind": int(Kind.ADDRESS), "provider_id": number, "day": day, "version": version}
        for day, version in sorted(plan.days)
    ]
    if rows:
        connection.execute(statement("enrichment/record_matched"), rows)


def _batches(warehouse: Warehouse, plan: Plan, progress: ProgressSink) -> Iterator[dict[int, str]]:
    """The addresses that are due, by their `texts.id`, in the order of these."""
    phase = f"match with {plan.service}"
    if plan.is_whole:
        with warehouse.read() as connection:
            total = connection.execute(select(func.count()).select_from(addresses)).scalar_one()
        done = 0
        for batch in _in_parts(warehouse, "enrichment/addresses_in_order", {}):
            progress(Progress(phase, done, total, "addresses"))
            yield batch
            done += len(batch)
        progress(Progress(phase, done, done, "addresses"))
        return
    for position, (day, _) in enumerate(plan.days):
        progress(Progress(phase, position, len(plan.days), "days", str(day_of_number(day))))
        yield from _in_parts(warehouse, "enrichment/addresses_of_day", {"day": day})
    progress(Progress(phase, len(plan.days), len(plan.days), "days"))


def _in_parts(warehouse: Warehouse, name: str, binds: Mapping[str, int]) -> Iterator[dict[int, str]]:
    last = 0
    while True:
        with warehouse.read() as connection:
            rows = connection.execute(statement(name), {**binds, "last": last, "most": _AT_A_TIME}).all()
        if not rows:
            return
        yield {row.address_id: decode_text(row.address) for row in rows}
        last = rows[-1].address_id
