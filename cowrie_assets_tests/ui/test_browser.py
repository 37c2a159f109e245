"""What an operator sees: lineage, a partition's figures, the plots, checks; and a backfill launched by clicking.

Pictures go to the folder named by `COWRIE_TEST_PICTURES`, or else below pytest's temporary folder.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from cowrie_assets_tests.ui.dev import Dev, wait_until

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PICTURES = os.environ.get("COWRIE_TEST_PICTURES")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(PICTURES) if PICTURES else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        yield page
        browser.close()


def test_lineage_shows_the_groups_and_unfolds_them(filled: Dev, page: Page, pictures: Path) -> None:
    page.goto(f"{filled.url}/asset-groups")
    canvas = page.locator("svg")
    for group in ("ingest", "summaries", "reports"):
        expect(canvas.get_by_text(group, exact=True)).to_be_visible()
    page.screenshot(path=pictures / "1-lineage.png")
    page.goto(f"{filled.url}/assets/session_summaries?view=lineage&lineageScope=neighbors&lineageDepth=3")
    for asset in ("log_files", "raw_events", "command_stats", "daily_report", "weekly_report", "monthly_report"):
        expect(page.locator("svg").get_by_text(asset, exact=True)).to_be_attached()
    page.screenshot(path=pictures / "2-lineage-of-sessions.png")


def test_a_partition_shows_its_figures(filled: Dev, page: Page, pictures: Path) -> None:
    page.goto(f"{filled.url}/assets/raw_events?view=partitions&partition=2026-08-31")
    events = filled.partition_figures("raw_events", "2026-08-31")["events"]
    expect(page.get_by_role("cell", name="events", exact=True).locator("xpath=following-sibling::td[1]")).to_have_text(
        str(events)
    )
    for figure in (
        "dagster/partition_row_count",
        "duplicates",
        "dead_letters",
        "bytes",
        "seconds",
        "events_per_second",
    ):
        expect(page.get_by_role("cell", name=figure, exact=True)).to_be_visible()
    page.screenshot(path=pictures / "3-partition.png")
    page.goto(f"{filled.url}/assets/daily_report?view=partitions&partition=2026-08-31")
    expect(page.get_by_text("top_credentials")).to_be_visible()
    page.screenshot(path=pictures / "4-report.png")


def test_overview_shows_columns_storage_checks_and_plots(filled: Dev, page: Page, pictures: Path) -> None:
    page.goto(f"{filled.url}/assets/raw_events")
    expect(page.get_by_text("the event as Cowrie wrote it")).to_be_visible()
    expect(page.get_by_text("warehouse.db/raw_events").first).to_be_visible()
    page.get_by_role("button", name="Plots").click()
    expect(page.get_by_text("events_per_second")).to_be_visible()
    wait_until(lambda: page.locator("canvas").count() >= 6, 30, lambda: "fewer than six plots")
    page.set_viewport_size({"width": 1500, "height": 2600})
    page.wait_for_timeout(2000)
    page.screenshot(path=pictures / "5-plots.png")
    page.set_viewport_size({"width": 1500, "height": 1000})
    page.goto(f"{filled.url}/assets/session_summaries?view=checks")
    expect(page.get_by_text("session_counts_equal_raw").first).to_be_visible()
    page.screenshot(path=pictures / "6-checks.png")


def test_a_backfill_is_launched_by_clicking(filled: Dev, page: Page, pictures: Path) -> None:
    before = filled.backfills()
    page.goto(f"{filled.url}/assets/weekly_report?view=partitions")
    page.get_by_role("button", name=re.compile("Materialize")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_placeholder(re.compile("partition", re.IGNORECASE)).fill("[2026-08-24...2026-08-31]")
    dialog.get_by_placeholder(re.compile("partition", re.IGNORECASE)).press("Enter")
    page.screenshot(path=pictures / "7-backfill-dialog.png")
    dialog.get_by_role("button", name=re.compile("Launch")).click()
    (launched,) = wait_until(lambda: [each for each in filled.backfills() if each not in before], 30, filled.last_words)
    runs = filled.runs_of(launched)
    assert [run["status"] for run in runs] == ["SUCCESS"]
    assert filled.materialized("weekly_report") == ["2026-08-24", "2026-08-31"]
    assert (filled.reports / "weekly" / "2026-W36" / "aggregate.json").exists()
    page.goto(f"{filled.url}/runs/b/{launched}")
    expect(page.get_by_text("weekly_report").first).to_be_visible()
    page.screenshot(path=pictures / "8-backfill.png")
    page.goto(f"{filled.url}/runs/{runs[0]['id']}")
    expect(page.get_by_text("weekly_report").first).to_be_visible()
    page.wait_for_timeout(2000)
    page.screenshot(path=pictures / "9-run.png")
