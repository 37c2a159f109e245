"""The same logs give the same bytes, in whatever order and on whichever engine they were loaded."""

import random
from pathlib import Path

from cowrie_assets.reports.json_writer import dump
from cowrie_assets_tests.reports.golden.conftest import Load
from cowrie_assets_tests.reports.golden.evidence import read_logs, write_logs
from cowrie_assets_tests.reports.golden.loaded import Corpus, Loaded
from cowrie_assets_tests.reports.golden.made_logs import NOW, tied

PERIODS = (("daily", "2026-08-30"), ("daily", "2026-09-01"), ("weekly", "2026-W36"), ("monthly", "2026-09"))


def written(loaded: Loaded) -> dict[tuple[str, str | None], bytes]:
    """The bytes of documents that are made at one moment."""
    return {
        (label, sensor): dump(loaded.built(report_type, label, sensor, NOW))
        for report_type, label in PERIODS
        for sensor in (None, *loaded.corpus.evidence.sensors)
    }


def test_a_log_after_another_from_the_last_to_the_first(sample: Corpus, load: Load) -> None:
    paths = sorted(sample.root.glob("*/cowrie.json*"), reverse=True)
    shuffled = random.Random(1).sample(paths, len(paths))
    at_once = written(load("sqlite", sample))
    assert written(load("sqlite", sample, *paths)) == at_once
    assert written(load("postgresql", sample, *shuffled)) == at_once


def test_lines_in_another_order(load: Load, tmp_path: Path) -> None:
    events = list(tied())
    corpora = []
    for name, order in (("forth", events), ("back", events[::-1])):
        write_logs(tmp_path / name, order)
        corpora.append(Corpus(tmp_path / name, read_logs(tmp_path / name)))
    forth, back = corpora
    expected = written(load("sqlite", forth))
    assert written(load("sqlite", back)) == expected
    assert written(load("postgresql", back)) == expected
