"""What a killed process leaves beside the reports is removed by the next; what another writes is left alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.staged_files import StagedFiles

_KILLED = """
import os, signal, sys
from pathlib import Path
from cowrie_assets.reports.staged_files import StagedFiles
with StagedFiles() as staged:
    for name in sys.argv[1:]:
        staged.add(Path(name), b"half done")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def leave_drafts(*paths: Path) -> None:
    subprocess.run([sys.executable, "-c", _KILLED, *map(str, paths)], check=False)


def test_drafts_of_a_killed_process_go_with_the_next_writing(tmp_path: Path) -> None:
    report = tmp_path / "daily" / "2026-08-31" / "aggregate.json"
    leave_drafts(report, report.with_suffix(".txt"))
    for draft in list(report.parent.iterdir()):
        draft.with_name(f"{draft.name}-journal").touch()
    assert len(names(tmp_path)) == 4
    with StagedFiles() as staged:
        staged.add(report, b"whole")
        staged.place()
    assert names(tmp_path) == ["aggregate.json"]


def test_drafts_go_too_where_nothing_changed(tmp_path: Path) -> None:
    page = tmp_path / "pages" / "session-1.html"
    with StagedFiles() as staged:
        staged.add(page, b"same")
        staged.place()
    leave_drafts(page)
    with StagedFiles() as staged:
        staged.add_changed(page, b"same")
        staged.place()
    assert names(tmp_path) == [page.name]


def test_the_index_removes_those_of_other_periods(tmp_path: Path) -> None:
    leave_drafts(tmp_path / "daily" / "2026-08-30" / "a.json", tmp_path / "weekly" / "2026-W35" / "a.html")
    leave_drafts(tmp_path / "index.html", tmp_path / "daily" / "index.html")
    (tmp_path / "daily" / "2026-08-31").mkdir()
    (tmp_path / "daily" / "2026-08-31" / "aggregate.json").write_bytes(b"{}")
    write_index(tmp_path)
    assert names(tmp_path) == ["aggregate.json", "index.html", "index.html"]


def test_what_may_still_be_written_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    own = draft_of(tmp_path / "r.json")
    elsewhere = tmp_path / f".r.json.{'0' * 8}{own.name[-28:-4]}.tmp"
    others = [tmp_path / name for name in (".r.json.tmp", ".r.json.0123.tmp", "r.json", f"x{own.name}", ".hidden")]
    for path in (own, elsewhere, *others):
        path.touch()
    assert remove_abandoned(tmp_path) == 0
    hours_ago = time.time() - 7200
    for path in (own, elsewhere, *others):
        os.utime(path, (hours_ago, hours_ago))
    assert remove_abandoned(tmp_path) == 1  # of another machine, and nobody writes it for hours
    assert sorted(tmp_path.iterdir()) == sorted([own, *others])
    assert remove_abandoned(tmp_path / "nowhere") == 0


_FILLS_ITS_DISK = """
import resource, sys
from pathlib import Path
from cowrie_assets.faults import sentence_of
from cowrie_assets.reports.staged_files import StagedFiles
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with StagedFiles() as staged:
        staged.add(Path(sys.argv[1]), b"x" * 100_000)
except OSError as error:
    print(sentence_of(error))
"""


def test_no_room_is_told_with_the_path_and_leaves_nothing(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "a.json"
    ended = subprocess.run(
        [sys.executable, "-c", _FILLS_ITS_DISK, str(report)], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith(f"{report}: cannot be written: File too large (")
    assert ended.stdout.strip().endswith(" MB free)")
    assert names(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    with pytest.raises(OSError) as refused, StagedFiles() as staged:
        staged.add(tmp_path / "reports" / "a.json", b"x")
    assert refused.value.filename == str(tmp_path / "reports" / "a.json")
