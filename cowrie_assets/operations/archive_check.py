"""Whether the archive has what left the warehouse: the file of each such day is read, and proved by its seal."""

from datetime import date, timedelta

from sqlalchemy import func, select

from cowrie_assets.amounts import counted
from cowrie_assets.archives.day_files import name_of
from cowrie_assets.archives.places import Place
from cowrie_assets.archives.settings import URL_VARIABLE
from cowrie_assets.clock import day_of_number
from cowrie_assets.operations.archive import archived_days
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals

NAME = "archive_holds_what_left"
PROMISE = "the archive has the raw events of each day that left the database"


def check_archive(
    warehouse: Warehouse,
    place: Place | None,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
) -> CheckResult:
    """Look at the files of the days `start` to `end` (inclusive; open where None) whose raw events left. Where no
    archive is named nothing is looked at, and that is told. Raises ArchiveError where the archive cannot be reached."""
    rests = resting(warehouse, start, end)
    if rests is None:
        return CheckResult(NAME, True, f"{PROMISE}: none left", 0, promise=PROMISE)
    if place is None:
        return CheckResult(
            NAME, True, f"{rests} on an archive that {URL_VARIABLE} does not name: not read", 0, promise=PROMISE
        )
    before = date.max if end is None else end + timedelta(days=1)
    days = archived_days(warehouse, place, start, before, only_left=True, progress=progress)
    gone = [each.day for each in days if each.file is None]
    if not gone:
        return CheckResult(NAME, True, f"{PROMISE}; {rests} on it", 0, promise=PROMISE)
    rows = tuple(
        {"day": str(day), "file": place.label(name_of(day)), "problem": "no such file, or it holds other events"}
        for day in gone[:EXAMPLES]
    )
    files = counted(len(gone), "file is not there, or holds other events", "files are not there, or hold other events")
    return CheckResult(
        NAME,
        False,
        f"{files}: bring them back, nothing else has them; {rests} on it",
        len(gone),
        rows,
        days=tuple(gone),
        promise=PROMISE,
    )


def resting(warehouse: Warehouse, start: date | None, end: date | None) -> str | None:
    """How many of the days `start` to `end` (inclusive; open where None) rest on an archive, in words: their raw events
    left the warehouse. None where none does."""
    window = day_window(start, end)
    of_window = seals.c.session_day.between(window["first_day"], window["last_day"])
    day = seals.c.session_day
    query = select(func.count(), func.min(day), func.max(day)).where(of_window, seals.c.removed_at.isnot(None))
    with warehouse.read() as connection:
        days, first, last = connection.execute(query).one()
    if not days:
        return None
    return f"{counted(days, 'day rests', 'days rest')}, {day_of_number(first)} to {day_of_number(last)},"
