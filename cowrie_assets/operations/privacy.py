"""Passwords and addresses of days that are old enough, hashed or dropped wherever they stand.

A day is sealed, and then treated in one transaction, with its seal, which proves from then on what is left. Its file in
the archive follows: what it must hold the seal says by then, so a run that was killed in between is finished by the
next one. The reports of the treated days are written anew, and at the end the database itself, so that no copy of
what was removed stays in it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection, RowMapping, select, update

from cowrie_assets import clock
from cowrie_assets.activity import phase
from cowrie_assets.amounts import counted
from cowrie_assets.archives import day_files
from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import Place
from cowrie_assets.archives.settings import URL_VARIABLE
from cowrie_assets.campaigns.profiles import days_to_profile
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.cowrie.lenient_json import NotJsonError
from cowrie_assets.cowrie.privacy import DROPPED, Key, Personal, Treatment, Way
from cowrie_assets.indicators.feeds import write_feeds
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.ingest.dead_letters import drop_letters, rename_replayed, replayed_identities
from cowrie_assets.ingest.treated_days import KeyNotAtHandError, read_key
from cowrie_assets.operations.archive import write_file
from cowrie_assets.operations.positions import identity
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.operations.seal import SealError, seal
from cowrie_assets.operations.treated_day import Treating, forget_addresses, treat_day, treated_rows
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.reports.staleness import stale_periods, written_at
from cowrie_assets.reports.ways import FEEDS
from cowrie_assets.settings import ADDRESSES_DAYS, PASSWORDS_DAYS, PRIVACY_KEY, Settings
from cowrie_assets.warehouse.engine import Warehouse, overwrite_what_goes
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import dead_letters, indicator_facts, profiled_days, seals, treated_days
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.text_collection import collect_texts
from cowrie_assets.warehouse.traces import may_have_traces, remove_for_good, remove_traces


class PrivacyError(WarehouseError):
    """What shall be hashed or dropped cannot be; the message says why."""


@dataclass(slots=True)
class PrivacyResult:
    """What was hashed or dropped, or would be."""

    days: dict[Personal, list[date]] = field(default_factory=dict)
    """By kind, in order."""
    files: int = 0
    """Files of the archive that were written anew."""
    letters: int = 0
    """Dead letters whose content was dropped."""
    texts: int = 0
    """Those that nothing named any more behind it: they are removed."""
    reports: int = 0
    """Periods whose reports were written anew."""
    is_rewritten: bool = False
    """SQLite: the file was written anew, and nothing of what was removed is in it; PostgreSQL: tables were vacuumed."""
    may_have_traces: bool = False
    """Something was removed, of which the database's files may have copies still."""
    traces_left: str | None = None
    """Why they do, where they should not."""
    passed_by: list[date] = field(default_factory=list)
    """Days whose raw events are in an archive that no setting names, or whose file does not hold them."""

    @property
    def left(self) -> str | None:
        """What stays as it was, and why; None where nothing does."""
        said = [] if self.traces_left is None else [self.traces_left]
        if self.passed_by:
            first, last = self.passed_by[0], self.passed_by[-1]
            said.append(
                f"{counted(len(self.passed_by), 'day stays as it was', 'days stay as they were')}, {first} to {last}: "
                f"their events are in an archive that {URL_VARIABLE} does not name, or in a file that does not hold "
                "them"
            )
        return "; ".join(said) or None

    @property
    def last_day(self) -> date | None:
        """The last of the days."""
        return max((days[-1] for days in self.days.values() if days), default=None)


@phase("privacy")
def treat_old_days(
    warehouse: Warehouse,
    settings: Settings,
    place: Place | None,
    *,
    dry_run: bool = False,
    progress: ProgressSink = silent,
) -> PrivacyResult:
    """Hash or drop the passwords and addresses of each day that lies as many days back as the settings say, a
    transaction a day; then dead letters of logs so old, and texts that nothing names any more; and write the reports
    of these days anew, and the database itself. A dry run says which days and dead letters are due, and changes
    nothing.

    `place` is the archive; None where no setting names one. Raises PrivacyError, SealError and ArchiveError: what was
    done before stays, and the next run goes on behind it.
    """
    ages = {Personal.PASSWORDS: settings.passwords_days, Personal.ADDRESSES: settings.addresses_days}
    last = {kind: clock.today() - timedelta(days=age) for kind, age in ages.items() if age is not None}
    if not last:
        raise PrivacyError(f"nothing is to be hashed or dropped: {PASSWORDS_DAYS} or {ADDRESSES_DAYS} names an age")
    key = _key(settings)
    due = due_days(warehouse, last)
    before = (day_number(max(last.values())) + 1) * US_PER_DAY
    if dry_run:
        return PrivacyResult(due, letters=_due_letters(warehouse, before))
    run = _Run(warehouse, place, key, progress)
    run.finish_files()
    if any(due.values()):
        seal(warehouse, None, max(last.values()), progress=progress)
    run.treat(due_days(warehouse, last))
    run.drop_letters(before)
    run.collect()
    run.rewrite_reports(settings)
    run.remove_traces(wanted=settings.privacy_vacuum)
    return run.result


def due_days(warehouse: Warehouse, last: Mapping[Personal, date]) -> dict[Personal, list[date]]:
    """The days up to the last one of each kind that are not treated yet, in order."""
    with warehouse.read() as connection:
        return {
            kind: [
                day_of_number(number)
                for number in connection.execute(
                    statement("privacy/due_days"), {"kind": int(kind), "last_day": day_number(day)}
                ).scalars()
            ]
            for kind, day in last.items()
        }


def _due_letters(warehouse: Warehouse, before: int) -> int:
    """How many dead letters of logs that ended `before` say what stood there."""
    with warehouse.read() as connection:
        counted_letters = connection.execute(statement("privacy/due_letters"), {"dropped": DROPPED, "before": before})
        return int(counted_letters.scalar_one())


def _key(settings: Settings) -> Key | None:
    if settings.privacy_mode == "drop":
        return None
    if settings.privacy_key is None:
        raise PrivacyError(f"{PRIVACY_KEY} names no key to hash with")
    try:
        return read_key(settings.privacy_key)
    except KeyNotAtHandError as error:
        raise PrivacyError(str(error)) from None


class _Run:
    def __init__(self, warehouse: Warehouse, place: Place | None, key: Key | None, progress: ProgressSink) -> None:
        self._warehouse = warehouse
        self._place = place
        self._key = key
        self._progress = progress
        self.result = PrivacyResult()

    def finish_files(self) -> None:
        """Write the files anew that a run which was stopped left."""
        waits = select(treated_days).where(treated_days.c.file_waits == 1).order_by(treated_days.c.session_day)
        with self._warehouse.read() as connection:
            rows = connection.execute(waits).mappings().all()
        kinds: dict[int, dict[Personal, Key | None]] = {}
        for row in rows:
            is_hashed = row["way"] == Way.HASH
            if is_hashed and (self._key is None or bytes(row["key_mark"]) != self._key.mark):
                raise PrivacyError(
                    f"the archive's file of {day_of_number(row['session_day'])} waits to be hashed with another key "
                    f"than {PRIVACY_KEY} names: name the key of then, with COWRIE_PRIVACY_MODE=hash"
                )
            kinds.setdefault(row["session_day"], {})[Personal(row["kind"])] = self._key if is_hashed else None
        for number, of_day in kinds.items():
            self._finish_file(number, Treatment(of_day))

    def treat(self, due: Mapping[Personal, list[date]]) -> None:
        """Treat the days that are due, the oldest first."""
        days = sorted({day for of_kind in due.values() for day in of_kind})
        for position, day in enumerate(days):
            self._progress(Progress("privacy", position, len(days), "days", str(day)))
            kinds = [kind for kind, of_kind in due.items() if day in of_kind]
            try:
                is_treated = self._treat(day, Treatment(dict.fromkeys(kinds, self._key)))
            except NotJsonError:
                raise PrivacyError(
                    f"of {day} an event is none for this version of cowrie-assets: run `cowrie-assets validate`"
                ) from None
            for kind in kinds if is_treated else ():
                self.result.days.setdefault(kind, []).append(day)
        self._progress(Progress("privacy", len(days), len(days), "days"))

    def drop_letters(self, before: int) -> None:
        """Drop what stands in the dead letters of logs that ended `before` (microseconds since 1970-01-01 UTC)."""
        if not _due_letters(self._warehouse, before):
            return
        with self._warehouse.write() as connection:
            remove_for_good(connection)
            self.result.letters = drop_letters(connection, before)

    def collect(self) -> None:
        """Remove what is kept of addresses that no session has, marks of campaigns, and the texts that nothing names
        any more."""
        with self._warehouse.read() as connection:
            treated = set(connection.execute(select(treated_days.c.session_day)).scalars())
            profiled = set(connection.execute(select(profiled_days.c.session_day)).scalars())
            has_marks = not treated.isdisjoint(profiled & days_to_profile(connection).keys())
        if has_marks:
            update_campaigns(self._warehouse, progress=self._progress)
        with self._warehouse.write() as connection:
            overwrite_what_goes(connection)
            forget_addresses(connection)
        self.result.texts = collect_texts(self._warehouse, progress=self._progress).texts

    def rewrite_reports(self, settings: Settings) -> None:
        """Write the reports, indicators and feeds of treated days anew that say what these were."""
        now = clock.now_us()
        with self._warehouse.read() as connection:
            numbers = set(connection.execute(select(treated_days.c.session_day)).scalars())
            due = []
            for each in REPORT_TYPES:
                written = written_at(connection, each)
                stale = [period for period in stale_periods(connection, each, now=now) if period in written]
                due += [period for period in stale if not numbers.isdisjoint(_days_of(period.start, period.end))]
            shares = connection.execute(select(indicator_facts.c.type).limit(1)).first() is not None
        if shares and (due or self.result.days):
            store_indicators(self._warehouse)
        with reporting(self._warehouse, settings, periods=len(due)) as write:
            for position, period in enumerate(due):
                self._progress(Progress("reports", position, len(due), "reports", period.label))
                write(period)
        self._progress(Progress("reports", len(due), len(due), "reports"))
        if (settings.report_dir / FEEDS).is_dir():
            write_feeds(self._warehouse, settings.report_dir, progress=self._progress)
        self.result.reports = len(due)

    def remove_traces(self, *, wanted: bool) -> None:
        """Have no copy of what was removed in the database's files, by this run or by one that did not come so far."""
        result = self.result
        with self._warehouse.read() as connection:
            result.may_have_traces = bool(result.days or result.letters or result.texts) or (
                may_have_traces(connection) and _was_treated(connection)
            )
        if not (result.may_have_traces and wanted):
            return
        self._progress(Progress("write anew", 0, 1, "databases"))
        try:
            result.is_rewritten = remove_traces(self._warehouse)
        except WarehouseError as error:
            result.traces_left = str(error)
        else:
            result.may_have_traces = self._warehouse.dialect == "postgresql"
        self._progress(Progress("write anew", 1, 1, "databases"))

    def _treat(self, day: date, treatment: Treatment) -> bool:
        number, name = day_number(day), day_files.name_of(day)
        with self._warehouse.read() as connection:
            found, mark = _seal_of(connection, number), identity(connection)
        if found["removed_at"] is None:
            file_waits = self._place is not None and name in self._place.names()
            with self._treating(found) as connection:
                treat_day(connection, number, treatment, now=clock.now_us(), file_waits=file_waits, archived=None)
            if file_waits:
                self._finish_file(number, treatment)
            return True
        if self._place is None or not self._treat_archived(self._place, found, mark, treatment):
            self.result.passed_by.append(day)
            return False
        return True

    def _treat_archived(self, place: Place, found: RowMapping, mark: str, treatment: Treatment) -> bool:
        """Treat a day that the archive alone has; False where its file does not hold what was sealed.

        A file that says that it was treated so already is taken for what it says: a backup of before was restored.
        """
        number, name = found["session_day"], day_files.name_of(day_of_number(found["session_day"]))
        origin = _origin(found, mark, treatment)
        with place.fetched(name) as path, place.draft(name) as draft:
            if path is None:
                return False
            now, treating = clock.now_us(), Treating(treatment)
            waits = day_files.holds(path, found, mark)
            if waits:
                with self._warehouse.read() as connection:
                    named = frozenset(replayed_identities(connection))
                rows = treated_rows(day_files.rows_of(path), treating, named)
                day_files.write(draft, rows, now, mark, treated_from=origin)
            else:
                before = day_files.treated_from(path, origin)
                if before is None:
                    return False
                now = before
            archived = day_files.sealed_as(draft if waits else path)
            if archived is None:
                return False
            with self._treating(found) as connection:
                rename_replayed(connection, treating.renamed)
                treat_day(connection, number, treatment, now=now, file_waits=waits, archived=archived)
            if waits:
                place.put(draft, name)
                self._file_is_done(number)
        return True

    @contextmanager
    def _treating(self, found: RowMapping) -> Iterator[Connection]:
        """A transaction for a day whose seal is still the one that was found."""
        with self._warehouse.write() as connection:
            remove_for_good(connection)
            now = _seal_of(connection, found["session_day"])
            if (now["sealed_at"], now["removed_at"]) != (found["sealed_at"], found["removed_at"]):
                day = day_of_number(found["session_day"])
                raise SealError(f"{day} was sealed anew meanwhile: run the command again")
            yield connection

    def _finish_file(self, number: int, treatment: Treatment) -> None:
        """Have the archive's file of a treated day hold what its seal says."""
        day = day_of_number(number)
        name = day_files.name_of(day)
        if self._place is None:
            raise PrivacyError(f"the archive's file of {day} waits to be written anew: {URL_VARIABLE} names no archive")
        with self._warehouse.read() as connection:
            found, mark = _find_seal(connection, number), identity(connection)
            if found is None:  # somebody opened the day: the file is written anew once it is sealed and archived again
                return
            if found["removed_at"] is None:
                write_file(connection, self._place, found, mark)
        if found["removed_at"] is not None:
            self._finish_only_file(found, mark, name, treatment)
        self._file_is_done(number)

    def _finish_only_file(self, found: RowMapping, mark: str, name: str, treatment: Treatment) -> None:
        assert self._place is not None  # noqa: S101  (for mypy)
        with self._place.fetched(name) as path, self._place.draft(name) as draft:
            if path is not None and day_files.holds(path, found, mark):
                return
            if path is not None:
                rows = treated_rows(day_files.rows_of(path), Treating(treatment))
                day_files.write(draft, rows, found["sealed_at"], mark)
            if not day_files.holds(draft, found, mark):
                raise ArchiveError(f"{self._place.label(name)} is not there, or does not hold what was treated")
            self._place.put(draft, name)

    def _file_is_done(self, number: int) -> None:
        with self._warehouse.write() as connection:
            of_day = treated_days.c.session_day == number
            connection.execute(update(treated_days).where(of_day).values(file_waits=0))
        self.result.files += 1


def _was_treated(connection: Connection) -> bool:
    days, letters = (
        select(treated_days.c.kind).limit(1),
        select(dead_letters.c.id).where(dead_letters.c.content == DROPPED).limit(1),
    )
    return any(connection.execute(query).first() is not None for query in (days, letters))


def _origin(found: RowMapping, mark: str, treatment: Treatment) -> str:
    """What a file says that was treated: of which seal it was, and how."""
    ways = (f"{kind}:{'dropped' if key is None else key.mark.hex()}" for kind, key in treatment.keys.items())
    return " ".join((mark, str(found["sealed_at"]), bytes(found["raw_digest"]).hex(), *sorted(ways)))


def _find_seal(connection: Connection, number: int) -> RowMapping | None:
    return connection.execute(select(seals).where(seals.c.session_day == number)).mappings().one_or_none()


def _seal_of(connection: Connection, number: int) -> RowMapping:
    found = _find_seal(connection, number)
    if found is None:
        raise SealError(f"{day_of_number(number)} is not sealed: somebody opened it; run the command again")
    return found


def _days_of(start: date, end: date) -> range:
    return range(day_number(start), day_number(end))
