"""Whether the archive can be reached and has a file of each day that rests on it. `validate` reads these files."""

from cowrie_assets.amounts import counted
from cowrie_assets.archives.day_files import name_of
from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import open_place
from cowrie_assets.archives.settings import URL_VARIABLE
from cowrie_assets.configuration import Configuration
from cowrie_assets.errors import SettingsError
from cowrie_assets.health.finding import Finding
from cowrie_assets.operations.positions import days_that_left
from cowrie_assets.warehouse.engine import Warehouse

_SUBJECT = "archive"


def archive_findings(configuration: Configuration, warehouse: Warehouse | None) -> list[Finding]:
    """What is to be said of the archive; nothing where none is named and no day rests on one."""
    try:
        settings = configuration.archives
    except SettingsError as error:
        return [Finding(_SUBJECT, "error", str(error))]
    left = []
    if warehouse is not None:
        with warehouse.read() as connection:
            left = list(days_that_left(connection))
    if settings.url is None:
        told = f"{counted(len(left), 'day rests', 'days rest')} on an archive that {URL_VARIABLE} does not name"
        return [Finding(_SUBJECT, "warning", told)] if left else []
    try:
        names = open_place(settings).names()
    except ArchiveError as error:
        return [Finding(_SUBJECT, "error", str(error))]
    gone = [day for day in left if name_of(day) not in names]
    if gone:
        told = f"{settings.url} lacks the files of {counted(len(gone), 'day')} that rest on it, the first of {gone[0]}"
        return [Finding(_SUBJECT, "error", told, ("to mend: bring them back, nothing else has their raw events",))]
    days = counted(len(left), "day rests", "days rest")
    return [Finding(_SUBJECT, "ok", f"{settings.url}: {counted(len(names), 'file')}; {days} on it")]
