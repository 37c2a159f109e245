"""The `volume` section: how much happened when."""

from typing import Literal, TypedDict

from cowrie_assets.clock import US_PER_HOUR, from_us
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.hours import HOURS_OF_A_DAY, hour_rows


class VolumeItem(TypedDict):
    """The sessions that began in an hour or on a day, and what happened in them, whenever it did."""

    start: str
    """An instant in UTC."""
    sessions: int
    ssh: int
    telnet: int
    """Sessions of this protocol; those of another or of none that is known count in `sessions` only."""
    login_attempts: int
    commands: int
    file_downloads: int
    file_uploads: int


class VolumeSection(TypedDict):
    """An item for each of the 24 hours of a day, or of the days of a week or month, those without a session too."""

    by: Literal["hour", "day"]
    items: list[VolumeItem]


def volume_section(scope: Scope) -> VolumeSection:
    """The section, from `sql/reports/volume.sql`."""
    period = scope.period
    daily = period.report_type == "daily"
    hours = 1 if daily else HOURS_OF_A_DAY
    items = [_nothing_at(start_us) for start_us in range(period.start_us, period.end_us, hours * US_PER_HOUR)]
    for row in hour_rows(scope):
        item = items[row.hour // hours]
        item["sessions"] += row.sessions
        if row.protocol == "ssh":
            item["ssh"] += row.sessions
        elif row.protocol == "telnet":
            item["telnet"] += row.sessions
        item["login_attempts"] += row.login_attempts
        item["commands"] += row.commands
        item["file_downloads"] += row.file_downloads
        item["file_uploads"] += row.file_uploads
    return {"by": "hour" if daily else "day", "items": items}


def _nothing_at(start_us: int) -> VolumeItem:
    return {
        "start": from_us(start_us).isoformat().replace("+00:00", "Z"),
        "sessions": 0,
        "ssh": 0,
        "telnet": 0,
        "login_attempts": 0,
        "commands": 0,
        "file_downloads": 0,
        "file_uploads": 0,
    }
