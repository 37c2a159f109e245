"""A running `cowrie-assets ui`: from logs to reports by its GraphQL API and its sensors, and what one sees of it.

All in one file, so that of several workers one starts it, once. Pictures are taken where
`COWRIE_TEST_PICTURES` names a folder for them.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cowrie_assets.health.services import dagster_findings
from cowrie_assets.orchestration.locations import LocationState, WebServer
from cowrie_assets.orchestration.processes import MOST_MEMORY_BYTES, service_processes
from cowrie_assets.reports.periods import period_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.browser import Picture, chromium, in_browser
from cowrie_assets_tests.defs.recount import holds_what_is_counted_twice
from cowrie_assets_tests.ui.conftest import DAILY, DAYS
from cowrie_assets_tests.ui.dev import Dev, wait_until

pytestmark = pytest.mark.timeout(1800)

_NOTHING = "about:blank"
_METADATA = """query($asset: AssetKeyInput!, $keys: [String!]) { assetNodeOrError(assetKey: $asset) { ... on AssetNode {
  metadataEntries { label ... on UrlMetadataEntry { url } }
  latestMaterializationByPartition(partitions: $keys) { metadataEntries { label } } } } }"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(120_000)
        expect.set_options(timeout=120_000)
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """One of Dagster's pages asks the web server again and again for as long as it is open: none outlives its test."""
    yield tab
    tab.goto(_NOTHING)


@in_browser
def test_lineage_shows_the_groups_and_unfolds_them(filled: Dev, page: Page, picture: Picture) -> None:
    page.goto(f"{filled.url}/asset-groups")
    canvas = page.locator("svg")
    for group in ("ingest", "summaries", "reports", "enrichment"):
        expect(canvas.get_by_text(group, exact=True)).to_be_visible()
    picture(page, "1-lineage.png")
    page.goto(f"{filled.url}/assets/session_summaries?view=lineage&lineageScope=neighbors&lineageDepth=3")
    for asset in ("log_files", "raw_events", "command_stats", "daily_report", "weekly_report", "monthly_report"):
        expect(page.locator("svg").get_by_text(asset, exact=True)).to_be_attached()
    picture(page, "2-lineage-of-sessions.png")


@in_browser
def test_a_partition_shows_its_figures(filled: Dev, page: Page, picture: Picture) -> None:
    page.goto(f"{filled.url}/assets/raw_events?view=partitions&partition={DAYS[4]}")
    events = filled.partition_figures("raw_events", DAYS[4])["events"]
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
    picture(page, "3-partition.png")
    page.goto(f"{filled.url}/assets/daily_report?view=partitions&partition={DAYS[4]}")
    expect(page.get_by_text("top_credentials")).to_be_visible()
    picture(page, "4-report.png")


@in_browser
def test_one_click_leads_from_a_partition_to_the_page_of_its_report(filled: Dev, page: Page, picture: Picture) -> None:
    page.goto(f"{filled.url}/assets/daily_report?view=partitions&partition={DAYS[4]}")
    rows = page.locator("table tr", has=page.get_by_role("cell", name="page", exact=True))
    with page.expect_popup() as opened:
        rows.get_by_role("link").first.click()
    report = opened.value
    expect(report).to_have_url(f"{filled.reports_url}daily/{DAYS[4]}/aggregate.html")
    expect(report.get_by_role("heading", level=1)).to_contain_text(DAYS[4])
    picture(report, "10-report-page.png")
    report.close()
    shown = filled.ask(_METADATA, asset={"path": ["daily_report"]}, keys=[DAYS[4]])["assetNodeOrError"]
    (latest,) = shown["latestMaterializationByPartition"]
    assert latest["metadataEntries"][0]["label"] == "page"
    assert {"label": "all_reports", "url": f"{filled.reports_url}index.html"} in shown["metadataEntries"]


@in_browser
def test_overview_shows_columns_storage_checks_and_plots(filled: Dev, page: Page, picture: Picture) -> None:
    page.goto(f"{filled.url}/assets/raw_events")
    expect(page.get_by_text("the event as Cowrie wrote it")).to_be_visible()
    expect(page.get_by_text("warehouse.db/raw_events").first).to_be_visible()
    page.get_by_role("button", name="Plots").click()
    expect(page.get_by_text("events_per_second")).to_be_visible()
    wait_until(lambda: page.locator("canvas").count() >= 6, 120, lambda: "fewer than six plots")
    page.set_viewport_size({"width": 1500, "height": 2600})
    picture(page, "5-plots.png")
    page.set_viewport_size({"width": 1500, "height": 1000})
    page.goto(f"{filled.url}/assets/session_summaries?view=checks")
    expect(page.get_by_text("session_counts_equal_raw").first).to_be_visible()
    picture(page, "6-checks.png")


@in_browser
@pytest.mark.soak  # what the button asks the server for, `filled` asks for as well
def test_a_backfill_is_launched_by_clicking(filled: Dev, page: Page, picture: Picture, one_day: date) -> None:
    """Of the two weeks before the one that runs: the dialog takes partitions of the last 90 days."""
    monday = one_day - timedelta(days=one_day.weekday())
    weeks = [monday - timedelta(weeks=2), monday - timedelta(weeks=1)]
    keys = [str(week) for week in weeks]
    before = filled.backfills()
    page.goto(f"{filled.url}/assets/weekly_report?view=partitions")
    page.get_by_role("button", name=re.compile("Materialize")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_placeholder(re.compile("partition", re.IGNORECASE)).fill(f"[{keys[0]}...{keys[1]}]")
    dialog.get_by_placeholder(re.compile("partition", re.IGNORECASE)).press("Enter")
    picture(page, "7-backfill-dialog.png")
    dialog.get_by_role("button", name=re.compile("Launch")).click()
    (launched,) = wait_until(
        lambda: [each for each in filled.backfills() if each not in before], 120, filled.last_words
    )
    page.goto(_NOTHING)
    runs = filled.runs_of(launched)
    assert [run["status"] for run in runs] == ["SUCCESS"]
    assert [key for key in filled.materialized("weekly_report") if key in keys] == keys
    for week in weeks:
        assert (filled.reports / "weekly" / f"{week:%G-W%V}" / "aggregate.json").exists()
    page.goto(f"{filled.url}/runs/b/{launched}")
    expect(page.get_by_text("weekly_report").first).to_be_visible()
    picture(page, "8-backfill.png")
    page.goto(f"{filled.url}/runs/{runs[0]['id']}")
    expect(page.get_by_text("weekly_report").first).to_be_visible()
    picture(page, "9-run.png")


def test_a_backfill_through_graphql_gives_the_truth(filled: Dev) -> None:
    with Warehouse.open(filled.database_url) as warehouse:
        counted = holds_what_is_counted_twice(warehouse, filled.logs)
    shown = [filled.partition_figures("raw_events", day)["events"] for day in DAYS]
    assert (sum(shown), shown[0], shown[-1]) == (counted, 0, 0)
    for asset in DAILY:
        assert filled.materialized(asset) == DAYS, asset
    assert len(list(filled.reports.glob("daily/*/aggregate.json"))) == len(DAYS)
    assert filled.failed_checks() == []


def test_lines_that_arrive_late_go_by_the_sensors_to_their_day_week_and_month(filled: Dev) -> None:
    day = DAYS[2]
    late = {
        "eventid": "cowrie.login.failed",
        "session": "abcdefabcdef",
        "sensor": "hp-fra-01",
        "src_ip": "192.0.2.99",
        "username": "late",
        "password": "late",
        "timestamp": f"{day}T11:00:00.000000Z",
    }
    before = json.loads((filled.reports / "daily" / day / "aggregate.json").read_text())
    with (filled.logs / "hp-fra-01" / "cowrie.json").open("a") as log:
        log.write(json.dumps(late) + "\n")
    filled.turn("new_logs", on=True)
    after = _report(filled, f"daily/{day}", before["sessions"]["total"] + 1)
    assert after["sessions"]["login_failures"] == before["sessions"]["login_failures"] + 1
    filled.turn("stale_reports", on=True)
    for kind in ("weekly", "monthly"):
        period = period_of(kind, date.fromisoformat(day))
        within = [key for key in DAYS if period.start <= date.fromisoformat(key) < period.end]
        days = [json.loads((filled.reports / "daily" / key / "aggregate.json").read_text()) for key in within]
        total = sum(each["sessions"]["total"] for each in days)
        assert _report(filled, f"{kind}/{period.label}", total)["sessions"]["total"] == total
    wait_until(lambda: not filled.failed_checks(), 600, lambda: f"checks failed: {filled.failed_checks()}", every=2)


def test_the_services_of_a_ui_are_seen(filled: Dev) -> None:
    home = filled.folder / "dagster_home"
    found = {process.service: process for process in service_processes(home)}
    assert found.keys() == {"code server", "daemon", "web server"}
    assert filled.url == f"http://127.0.0.1:{found['web server'].port}"
    assert all(20_000_000 < process.rss_bytes < MOST_MEMORY_BYTES for process in found.values())
    assert not [finding for finding in dagster_findings(str(home)) if finding.level == "error"]
    assert WebServer(filled.url).location() == LocationState(True)
    assert service_processes(filled.folder) == []


def test_the_terminal_shows_where_things_are_and_nothing_of_what_goes_well(filled: Dev) -> None:
    starts, *ready = filled.printed().splitlines()
    assert starts.startswith("Dagster starts, with its history in ")
    reports, ui = sorted(ready, reverse=True)
    assert reports == f"Reports of {filled.reports}: {filled.reports_url}"
    assert ui.startswith(f"Dagster UI: {filled.url} (ready after ")


def _report(dev: Dev, report: str, sessions: int) -> dict[str, Any]:
    """A report once it counts as many sessions."""
    path = dev.reports / report / "aggregate.json"

    def written() -> dict[str, Any] | None:
        document: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"sessions": {"total": 0}}
        return document if document["sessions"]["total"] >= sessions else None

    found: dict[str, Any] = wait_until(written, 600, lambda: f"{path} has no {sessions} sessions: {dev.last_words()}")
    return found
