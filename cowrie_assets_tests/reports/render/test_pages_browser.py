"""Pages of real sessions in a real browser: they ask for nothing and fit a phone; one walks from the month to a file.

Pictures go where those of `test_browser.py` go.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.pages.subjects import PageKind
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.browser import IN_BROWSER, chromium

SCREENS: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 1600},
    "phone": {"width": 390, "height": 1600},
    "small": {"width": 320, "height": 1600},
}
LATER = parse_period("monthly", "2026-09").end_us

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def report_dir(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of a day, a week and a month of the sample, with the index."""
    folder = tmp_path_factory.mktemp("walk")
    settings = Settings(log_root=sample_logs, database_url=f"sqlite:///{folder / 'warehouse.db'}")
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
        for kind, label in (("daily", "2026-08-31"), ("weekly", "2026-W36"), ("monthly", "2026-08")):
            write_reports(warehouse, parse_period(kind, label), folder / "reports", now_us=LATER)  # type: ignore[arg-type]
    write_index(folder / "reports")
    return folder / "reports"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """On the smallest screen."""
    page = browser.new_page(viewport=SCREENS["small"])
    yield page
    page.close()


def widest(page: Page) -> int:
    """By how much the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("kind", PageKind)
def test_a_page_fits_every_screen_and_asks_for_nothing(page, report_dir, picture, kind):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pages = sorted(report_dir.glob(f"daily/*/pages/{kind}-*.html"), key=lambda path: -path.stat().st_size)[:3]
    for path in pages:
        page.goto(path.as_uri())
        for screen in SCREENS.values():
            page.set_viewport_size(screen)
            assert widest(page) <= 0, (path, screen)
            picture(page, f"page-{kind}-{screen['width']}.png")
    assert set(asked) <= {path.as_uri() for path in pages} | {"data:,"}


def test_a_reader_walks_from_the_month_to_a_file_and_back(page, report_dir):
    page.goto((report_dir / "index.html").as_uri())
    page.locator("a[href='monthly/2026-08/aggregate.html']").click()
    page.get_by_label("Other reports").get_by_role("link", name="31", exact=True).click()
    assert "2026-08-31" in page.get_by_role("heading", level=1).inner_text()
    assert widest(page) <= 0
    page.locator("section:has(#interesting) a[href^='pages/session-']").first.click()
    session = page.url
    assert page.locator(".timeline li").count() > 3
    page.locator("a[href^='file-']").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("File")
    page.locator("a[href^='session-']").first.click()
    assert "/session-" in page.url
    page.goto(session)
    page.get_by_role("link", name="all sensors").click()
    assert "/daily/2026-08-31/aggregate.html#look-" in page.url


_CUT_OR_INDENTED = """
[...document.querySelectorAll(".cards tbody :is(th, td)")]
  .filter(cell => cell.scrollWidth > cell.clientWidth || getComputedStyle(cell).paddingLeft !== "0px")
  .map(cell => cell.dataset.label ?? "its name")
"""


def test_on_a_phone_a_table_is_cards_with_nothing_cut_or_indented(browser, report_dir):
    page = browser.new_page(viewport=SCREENS["phone"])
    value_pages = sorted((report_dir / "monthly/2026-08/pages").glob("file-*.html"))[:3]
    for path in (report_dir / "index.html", *value_pages):
        page.goto(path.as_uri())
        assert page.locator(".cards tbody tr").count()
        assert page.evaluate(_CUT_OR_INDENTED) == [], path
    page.close()
