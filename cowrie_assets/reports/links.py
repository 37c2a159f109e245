"""The URLs at which readers find the written reports."""

from urllib.parse import quote

from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.settings import SERVED_PORT, Settings, served_url


def report_url(settings: Settings, period: Period, sensor: str = AGGREGATE) -> str:
    """The page of a report; `sensor` as documents name it."""
    page = report_path(settings.report_dir, period.report_type, period.label, sensor, "html")
    return base_url(settings) + quote(page.relative_to(settings.report_dir).as_posix())


def index_url(settings: Settings) -> str:
    """The page that lists all reports."""
    return f"{base_url(settings)}index.html"


def base_url(settings: Settings) -> str:
    """The URL of the report folder, with a slash at its end: COWRIE_REPORT_URL, or where it is served here."""
    return settings.report_url or served_url(SERVED_PORT)
