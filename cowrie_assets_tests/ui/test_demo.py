"""From `make demo` to a file's page and back: what a new user sees in the UI, and in the reports behind it.

The UI starts over what the command line did before, and knows all of it. Pictures are taken where
`COWRIE_TEST_PICTURES` names a folder for them.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from cowrie_assets.health.looks import LOOKS
from cowrie_assets_tests.browser import Picture, chromium, in_browser
from cowrie_assets_tests.truth import copied
from cowrie_assets_tests.ui.conftest import DAILY
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, Dev, environment_of, running, wait_until

pytestmark = pytest.mark.timeout(1800)

_ROOT = Path(__file__).parents[2]
_FIRST_DAY = "2026-08-01"
_DAYS = ["2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02", "2026-09-03"]
_PARTITIONS = dict.fromkeys(DAILY, _DAYS) | {
    "weekly_report": ["2026-08-24", "2026-08-31"],
    "monthly_report": ["2026-08-01", "2026-09-01"],
}
_SCREENS: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def demo_commands() -> list[list[str]]:
    """The arguments of each `cowrie-assets` that `make demo` runs."""
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (_ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    return [shlex.split(command) for command in re.findall(r"\$\(COWRIE\) (.*)", recipe[1])]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """What `make demo` and `make ui` do, in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("demo")
    copied(_ROOT / "cowrie_assets_tests" / "sample_logs", folder / "logs")
    for arguments in demo_commands():
        environment = environment_of(folder, COWRIE_FIRST_DAY=_FIRST_DAY)
        subprocess.run([*COWRIE_ASSETS, *arguments], cwd=folder, env=environment, check=True, capture_output=True)
    with running(folder, COWRIE_FIRST_DAY=_FIRST_DAY) as dev:
        yield dev


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=120_000)
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=_SCREENS["desktop"])
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def test_the_demo_runs_the_command_line() -> None:
    assert [command[0] for command in demo_commands()] == ["ingest", "backfill", "validate", "report"]


def test_all_that_the_command_line_did_is_recorded(demo: Dev) -> None:
    """By the start, or on a slow machine by the sensor: every day and report, and every check passed."""
    (recorded,) = [line for line in demo.printed().splitlines() if line.startswith("Recorded in Dagster")]
    assert re.search(r": \d+ partitions and \d+ checks", recorded)
    for asset, keys in _PARTITIONS.items():
        wait_until(lambda asset=asset, keys=keys: demo.materialized(asset) == keys, 240, lambda asset=asset: asset)
    wait_until(lambda: not demo.failed_checks(), 240, lambda: f"not passed: {demo.failed_checks()}", every=2)


@in_browser
def test_the_catalog_is_filled(demo: Dev, page: Page, picture: Picture) -> None:
    page.set_viewport_size({"width": 1440, "height": 1400})  # the page has the rows alone that can be seen
    page.goto(f"{demo.url}/assets")
    for asset, keys in _PARTITIONS.items():
        name = page.locator(f"a[href='/assets/{asset}']")
        row = name.locator("xpath=ancestor::*[contains(., ' partitions')][1]")
        expect(row.get_by_text(str(len(keys)), exact=True).first).to_be_visible()
    picture(page, "demo-catalog.png")


@in_browser
@pytest.mark.soak
def test_the_lineage_leads_from_the_events_to_the_reports(demo: Dev, page: Page, picture: Picture) -> None:
    page.goto(f"{demo.url}/assets/raw_events?view=lineage&lineageScope=downstream&lineageDepth=5")
    for asset in _PARTITIONS:
        expect(page.locator("svg").get_by_text(asset, exact=True)).to_be_visible()
    picture(page, "demo-lineage.png")


@in_browser
def test_the_checks_of_the_logs_are_green(demo: Dev, page: Page, picture: Picture) -> None:
    """The first look of the sensor `health` comes within a minute."""
    page.goto(f"{demo.url}/assets/log_files?view=checks")
    expect(page.get_by_text("Succeeded", exact=True)).to_have_count(len(LOOKS))
    picture(page, "demo-checks.png")


@in_browser
@pytest.mark.parametrize("screen", ["desktop", pytest.param("phone", marks=pytest.mark.soak)])
def test_one_walks_from_the_ui_to_a_month_a_day_a_session_a_file_and_back(
    demo: Dev, page: Page, picture: Picture, screen: str
) -> None:
    """On a phone from the report's page on: Dagster's own pages need a desktop."""
    page.goto(f"{demo.url}/assets/monthly_report?view=partitions&partition=2026-08-01")
    link = page.locator("table tr", has=page.get_by_role("cell", name="page", exact=True)).get_by_role("link").first
    expect(link).to_be_visible()
    picture(page, "demo-partition.png")
    with page.expect_popup() as opened:
        link.click()
    report = opened.value
    report.set_viewport_size(_SCREENS[screen])
    expect(report.get_by_role("heading", level=1)).to_have_text("Monthly report 2026-08")
    _fits(report)
    picture(report, f"demo-month-{screen}.png")
    ways = report.get_by_label("Other reports")
    ways.get_by_role("link", name="31", exact=True).click()
    expect(report.get_by_role("heading", level=1)).to_have_text("Daily report 2026-08-31")
    _fits(report)
    picture(report, f"demo-day-{screen}.png")
    report.locator("section:has(#interesting) a[href^='pages/session-']").first.click()
    expect(report.get_by_role("heading", level=1)).to_have_text(re.compile("^Session [0-9a-f]{12}$"))
    _fits(report)
    picture(report, f"demo-session-{screen}.png")
    report.locator("main a[href^='file-']").first.click()
    expect(report.get_by_role("heading", level=1)).to_have_text(re.compile("^File [0-9a-f]{64}$"))
    _fits(report)
    picture(report, f"demo-file-{screen}.png")
    report.locator("main a[href^='session-']").first.click()
    expect(report.get_by_role("heading", level=1)).to_have_text(re.compile("^Session"))
    report.get_by_role("link", name="all sensors").click()
    expect(report.get_by_role("heading", level=1)).to_have_text("Daily report 2026-08-31")
    ways.get_by_role("link", name="2026-08", exact=True).click()
    expect(report.get_by_role("heading", level=1)).to_have_text("Monthly report 2026-08")
    ways.get_by_role("link", name="Reports", exact=True).click()
    expect(report).to_have_url(f"{demo.reports_url}index.html")
    _fits(report)
    picture(report, f"demo-index-{screen}.png")


def _fits(page: Page) -> None:
    """A page is not wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, page.url


@in_browser
@pytest.mark.soak
def test_a_log_root_that_goes_away_is_red_and_one_line_on_the_terminal(demo: Dev, page: Page, picture: Picture) -> None:
    demo.logs.rename(demo.folder / "unmounted")
    sentence = f"The log root '{demo.logs}' does not exist: set COWRIE_LOG_ROOT to the logs' folder."
    page.goto(f"{demo.url}/assets/log_files?view=checks&checkDetail=log_root_can_be_read")
    expect(page.get_by_text(sentence)).to_be_visible()
    picture(page, "demo-red.png")
    wait_until(lambda: f"for sensor new_logs: {sentence}\n" in demo.printed(), 240, demo.last_words)
    assert "Traceback" not in demo.printed()
