"""The HTML report in a real browser: it asks for nothing, says nothing on the console, and fits a phone.

Pictures of reports of the real logs go to the folder named by `COWRIE_TEST_PICTURES`, or else below pytest's temporary
folder.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.sensors import sensor_slug
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.browser import IN_BROWSER, chromium
from cowrie_assets_tests.reports.render.hostile import HOSTILE, all_hostile
from cowrie_assets_tests.reports.render.sample_document import PERIODS, sample_document
from cowrie_assets_tests.truth import RealLogs

DESKTOP: ViewportSize = {"width": 1280, "height": 1900}
PHONE: ViewportSize = {"width": 360, "height": 1900}
"""As high as the pictures are: what is not seen there are lists."""
REAL = {
    "day": parse_period("daily", "2026-08-31"),
    "week": parse_period("weekly", "2026-W36"),
    "month": parse_period("monthly", "2026-08"),
}

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Watched:
    """A page, and whatever it did that no report does."""

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_page()
        self.noticed: list[str] = []
        self.page.on("console", lambda message: self.noticed.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.noticed.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.noticed.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", self._requested)

    def open(self, file: Path, viewport: ViewportSize = DESKTOP) -> None:
        """Show `file`, with nothing noticed yet."""
        self.file = file
        self.noticed.clear()
        self.page.emulate_media(media="screen", color_scheme="light")
        self.page.set_viewport_size(viewport)
        self.page.goto(file.as_uri())

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def _requested(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]
        if url not in (self.file.as_uri(), "data:,"):
            self.noticed.append(f"request: {url[:200]}")


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Watched:
    return Watched(browser)


@pytest.mark.parametrize("attack", HOSTILE)
def test_nothing_an_attacker_wrote_runs_asks_or_widens_the_page(watched, tmp_path, attack):
    file = tmp_path / "report.html"
    text = HOSTILE[attack]
    file.write_bytes(render_html(all_hostile(sample_document("weekly", sensor=text), text)))
    watched.open(file, PHONE)
    watched.unfold()
    watched.page.mouse.move(150, 300)
    assert watched.page.evaluate("document.scripts.length + document.images.length + frames.length") == 0
    assert watched.noticed == []
    assert watched.overflow() <= 0


@pytest.mark.parametrize("report_type", PERIODS)
def test_it_fits_every_screen_with_all_of_it_unfolded(watched, tmp_path, report_type):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(sample_document(report_type)))
    watched.open(file)
    watched.unfold()
    for width in (320, 360, 641, 1023, 1280, 2000):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert watched.overflow() <= 0, width
        shown = watched.page.locator("svg").evaluate_all("all => all.filter(each => each.checkVisibility()).length")
        assert shown == 4
    assert watched.noticed == []


def test_an_index_fits_every_screen(watched, tmp_path):
    for day in range(1, 21):
        folder = tmp_path / "daily" / f"2026-08-{day:02}"
        folder.mkdir(parents=True)
        document = sample_document(period=folder.name, complete=day != 20)
        for sensor in ("aggregate", sensor_slug(HOSTILE["long"])):
            (folder / f"{sensor}.json").write_bytes(dump(document))
    front, *_ = write_index(tmp_path, due=[parse_period("daily", "2026-08-20")])
    watched.open(front)
    watched.unfold()
    for width in (320, 390, 641, 1280):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert watched.overflow() <= 0, width
    assert watched.noticed == []


def test_dark_where_the_reader_wants_it_dark(watched, tmp_path):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(sample_document()))
    watched.open(file)
    grounds = []
    for scheme in ("light", "dark"):
        watched.page.emulate_media(color_scheme=scheme)
        grounds.append(watched.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(253, 252, 249)", "rgb(22, 24, 26)"]


def test_printed_it_is_light_and_folds_nothing_away(watched, tmp_path):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(sample_document()))
    watched.open(file)
    watched.page.emulate_media(media="print", color_scheme="dark")
    assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert watched.page.locator("nav").is_hidden()
    assert watched.page.locator("details td:visible").count() > 100
    assert watched.page.pdf(format="A4").startswith(b"%PDF")
    assert watched.noticed == []


# -------------------------------------------------------------------------------------------------------- the real logs


@pytest.fixture(scope="module")
def real_reports(real_logs: RealLogs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`day.html`, `week.html` and `month.html` of the real logs."""
    folder = tmp_path_factory.mktemp("real")
    settings = Settings(log_root=real_logs.logs, database_url=f"sqlite:///{folder / 'warehouse.db'}")
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
        with warehouse.read() as connection:
            for name, period in REAL.items():
                document = build_report(connection, period, None, now_us=REAL["month"].next().end_us)
                (folder / f"{name}.html").write_bytes(render_html(document))
    return folder


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_reports_of_the_real_logs_in_pictures(watched, real_reports, pictures, name, screen):
    watched.open(real_reports / f"{name}.html", DESKTOP if screen == "desktop" else PHONE)
    assert watched.page.get_by_role("heading", level=1).inner_text().endswith(REAL[name].label)
    assert watched.overflow() <= 0
    assert watched.noticed == []
    picture = pictures / f"report-{name}-{screen}.png"
    watched.page.screenshot(path=picture)
    assert picture.stat().st_size < 300_000
