"""The pages of real sessions: walked through from the month to a file and back, the same on every engine."""

import shutil
import stat
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from cowrie_assets.reports import files
from cowrie_assets.reports.files import write_documents, write_reports
from cowrie_assets.reports.pages import subjects
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.periods import Period, parse_period
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import Engine
from cowrie_assets_tests.reports.pages.walked import Walked
from cowrie_assets_tests.reports.render.page import Page

DAY = parse_period("daily", "2026-08-31")
MONTH = parse_period("monthly", "2026-08")
PERIODS = (
    *(parse_period("daily", f"2026-{day}") for day in ("08-30", "08-31", "09-01", "09-02")),
    *(parse_period("weekly", label) for label in ("2026-W35", "2026-W36")),
    *(parse_period("monthly", label) for label in ("2026-08", "2026-09")),
)
LATER = parse_period("monthly", "2026-10").end_us


def write(warehouse: Warehouse, report_dir: Path, *periods: Period, masked: bool = False) -> None:
    for period in periods:
        write_reports(warehouse, period, report_dir, masked=masked, now_us=LATER)
    write_index(report_dir, now_us=LATER)


def pages_of(report_dir: Path, kind: str = "*", period: Period = DAY) -> list[Path]:
    return sorted((report_dir / period.report_type / period.label / "pages").glob(f"{kind}-*.html"))


def content(report_dir: Path) -> dict[str, bytes]:
    return {str(path.relative_to(report_dir)): path.read_bytes() for path in report_dir.rglob("*") if path.is_file()}


@pytest.fixture
def sample(loaded: Callable[[Engine], Warehouse]) -> Warehouse:
    """On SQLite alone: that both engines write the same bytes has a test of its own here."""
    return loaded("sqlite")


@pytest.fixture(scope="module")
def all_written(loaded: Callable[[Engine], Warehouse], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of all periods, to be looked at and left as they are."""
    folder = tmp_path_factory.mktemp("all") / "reports"
    write(loaded("sqlite"), folder, *PERIODS)
    return folder


@pytest.fixture(scope="module")
def walked(all_written: Path) -> Walked:
    return Walked(all_written)


def test_every_link_leads_to_its_place_and_every_page_is_reached(all_written, walked):
    assert walked.reached(all_written / "index.html") == set(walked.pages)
    for kind in PageKind:
        for page in pages_of(all_written, kind):
            assert all_written.resolve() / "daily/2026-08-31/aggregate.html" in walked.links[page.resolve()]
            assert walked.pages[page.resolve()].words


def test_from_the_month_to_the_day_to_a_session_to_a_file_and_back(all_written, walked):
    month = "monthly/2026-08/aggregate.html"
    day = walked.way(month, "daily/2026-08-31/aggregate")
    session = next(
        target
        for target in walked.links[day]
        if target.name.startswith("session-") and any(each.name.startswith("file-") for each in walked.links[target])
    )
    file = next(each for each in walked.links[session] if each.name.startswith("file-"))
    assert session in walked.links[file]
    assert day in walked.links[file]
    assert (all_written / month).resolve() in walked.links[day]


def test_what_a_session_did_is_on_its_page_in_order(sample, report_dir):
    write(sample, report_dir, DAY)
    with sample.read() as connection:
        document = files.build_report(connection, DAY, None, now_us=LATER)
    session = next(each for each in document["interesting"] if each["sample_commands"] and each["username"])
    walked = Walked(report_dir)
    subject = Subject(PageKind.SESSION, (session["sensor"], session["session_id"]))
    page = walked.pages[(report_dir / "daily/2026-08-31/pages" / subject.file_name).resolve()]
    steps = [each.words for each in page.all("li") if each.attributes.get("id", "").startswith("event-")]
    assert steps[0].startswith("0:00.0 connected")
    assert f"logged in as {session['username']} with {session['password']}" in " ".join(steps)
    assert sum(" typed " in step for step in steps) == session["commands"]
    assert session["src_ip"] in page.words


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.label)
def test_an_address_tells_on_which_days_and_in_how_many_sessions_it_was_ever_seen(sample, all_written, period):
    ever = defaultdict(list)
    for session in tables.rows(sample, "session_summaries"):
        if session["first_event_at"] < str(period.end):
            ever[session["src_ip"]].append(session["first_event_at"][:10])
    told = 0
    for ip, days in ever.items():
        path = all_written / period.report_type / period.label / "pages" / Subject(PageKind.ADDRESS, (ip,)).file_name
        if path.exists():
            on_days = f" and on {len(set(days))} days up to {max(days)}" if len(set(days)) > 1 else ""
            sessions = f"{len(days):,} session{'s' if len(days) > 1 else ''}"
            assert f"It was first seen on {min(days)}{on_days}, in {sessions}." in Page(path.read_bytes()).words
            told += 1
    assert told == len(pages_of(all_written, PageKind.ADDRESS, period)) > 0


def test_a_file_is_seen_when_it_is_transferred_and_not_when_its_session_ends(sample, all_written):
    of_the_day = {
        (session["sensor"], session["session_id"])
        for session in tables.rows(sample, "session_summaries")
        if session["first_event_at"].startswith("2026-08-31")
    }
    transfers = defaultdict(list)
    for each in tables.rows(sample, "files"):
        if (each["sensor"], each["session_id"]) in of_the_day:
            transfers[Subject(PageKind.FILE, (each["shasum"],)).file_name].append(
                each["first_seen"][:19].replace("T", " ")
            )
    paths = pages_of(all_written, "file")
    assert paths
    for path in paths:
        seen = transfers[path.name]
        words = Page(path.read_bytes()).words
        assert f"First seen, UTC {min(seen)} " in words
        assert f"Last seen, UTC {max(seen)} " in words


def test_both_engines_write_the_same_bytes_and_do_so_again(
    loaded: Callable[[Engine], Warehouse], all_written: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "sqlite", tmp_path / "postgresql"
    shutil.copytree(all_written, first)
    write(loaded("postgresql"), second, *PERIODS)
    assert content(first) == content(second)
    write(loaded("sqlite"), first, DAY, MONTH)
    assert content(first) == content(second)


def test_a_page_that_did_not_change_is_not_written_again(sample, report_dir):
    write(sample, report_dir, DAY)
    before = {page: page.stat().st_ino for page in pages_of(report_dir)}
    write_reports(sample, DAY, report_dir, now_us=LATER + 60_000_000)
    assert {page: page.stat().st_ino for page in pages_of(report_dir)} == before


def test_pages_are_for_their_owner_only(sample, report_dir):
    write(sample, report_dir, DAY)
    pages = pages_of(report_dir)
    assert {stat.S_IMODE(page.stat().st_mode) for page in pages} == {0o600}
    assert stat.S_IMODE(pages[0].parent.stat().st_mode) == 0o700


def test_a_page_of_what_is_listed_no_more_goes_and_other_files_stay(sample, report_dir):
    folder = report_dir / "daily" / DAY.label / "pages"
    folder.mkdir(parents=True)
    former = folder / f"address-{'0' * 32}.html"
    others = [folder / name for name in ("notes.html", f"address-{'0' * 31}.html", f"address-{'0' * 32}.txt")]
    for path in (former, *others):
        path.write_bytes(b"x")
    link = folder / f"file-{'0' * 32}.html"
    link.symlink_to(others[0])
    write(sample, report_dir, DAY)
    assert not former.exists()
    assert link.is_symlink()
    assert all(path.exists() for path in others)


def test_reports_without_pages_lead_to_none(sample, report_dir):
    write_reports(sample, DAY, report_dir, formats=["json", "text"], now_us=LATER)
    assert not (report_dir / "daily" / DAY.label / "pages").exists()
    with sample.read() as connection:
        document = files.build_report(connection, DAY, None, now_us=LATER)
    write_documents([document], report_dir, formats=["html"])
    write_index(report_dir)
    assert not [link for links in Walked(report_dir).links.values() for link in links if link.parent.name == "pages"]


@pytest.mark.parametrize("moved", [1, -1, *(pytest.param(moved, marks=pytest.mark.soak) for moved in (0, 20))])
def test_a_writer_that_dies_between_two_files_leaves_no_report_that_leads_nowhere(
    sample, report_dir, monkeypatch, moved
):
    placed: list[Path] = []

    def place(self: StagedFiles, wanted: Callable[[Path], bool] = lambda _: True) -> None:
        total = len(placed) + len(self._staged)
        for draft, path in list(self._staged):
            if len(placed) == moved % total:
                raise KeyboardInterrupt
            draft.replace(path)
            placed.append(path)
            self._staged.remove((draft, path))

    with monkeypatch.context() as patched:
        patched.setattr(StagedFiles, "place", place)
        with pytest.raises(KeyboardInterrupt):
            write_reports(sample, DAY, report_dir, now_us=LATER)
    for report in report_dir.glob("daily/*/*.html"):
        hrefs = [str(link.attributes["href"]) for link in Page(report.read_bytes()).all("a")]
        targets = [report.parent / href.partition("#")[0] for href in hrefs if href.startswith("pages/")]
        assert targets
        assert all(target.is_file() for target in targets)
    write(sample, report_dir, DAY)
    Walked(report_dir)
    assert not list(report_dir.rglob("*.tmp"))


def test_many_subjects_are_cut_to_so_many_pages_and_no_link_leads_to_one_that_is_not(sample, report_dir, monkeypatch):
    for kind in PageKind:
        monkeypatch.setitem(subjects.MOST, kind, 2)
    write(sample, report_dir, DAY)
    assert {kind: len(pages_of(report_dir, kind)) for kind in PageKind} == dict.fromkeys(PageKind, 2)
    walked = Walked(report_dir)
    assert walked.reached(report_dir / "index.html") == set(walked.pages)


def test_no_password_is_on_a_masked_page(sample, report_dir):
    write(sample, report_dir, DAY, MONTH, masked=True)
    with sample.read() as connection:
        document = files.build_report(connection, DAY, None, now_us=LATER)
    passwords = {item["value"] for item in document["credentials"]["top_passwords"]}
    passwords |= {each["password"] for each in document["interesting"] if each["password"] is not None}
    usernames = {item["value"] for item in document["credentials"]["top_usernames"]}
    usernames |= {each["username"] for each in document["interesting"] if each["username"] is not None}
    long = {password for password in passwords - usernames if len(password) > 5 and not password.isalpha()}
    assert len(long) > 3
    walked = Walked(report_dir)
    for page in walked.pages.values():
        assert not [password for password in long if password in page.words]
    masked = [page for page in pages_of(report_dir, "session") if "with" in walked.pages[page.resolve()].words]
    assert any("*** (" in walked.pages[page.resolve()].words for page in masked)
