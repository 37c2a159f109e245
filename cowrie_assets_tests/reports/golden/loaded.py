"""Logs as plain Python reads them, and as a user would load them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cowrie_assets.clock import to_us
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.reports.golden.evidence import Evidence
from cowrie_assets_tests.reports.golden.expected import expected
from cowrie_assets_tests.reports.golden.view import View

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Corpus:
    """A folder of logs, and what must come of it; each document is composed once, whoever asks."""

    root: Path
    evidence: Evidence
    _expected: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def expected(self, report_type: str, label: str, sensor: str | None, now: datetime, **options: Any) -> Any:
        key = (report_type, label, sensor, now, *sorted(options.items()))
        if key not in self._expected:
            self._expected[key] = expected(View(self.evidence, report_type, label, sensor, now, **options))
        return self._expected[key]


@dataclass(frozen=True)
class Loaded:
    """A corpus in a warehouse."""

    corpus: Corpus
    warehouse: Warehouse
    _built: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def built(self, report_type: Any, label: str, sensor: str | None, now: datetime, **options: Any) -> Any:
        key = (report_type, label, sensor, now, *sorted(options.items()))
        if key not in self._built:
            self._built[key] = build(self.warehouse, report_type, label, sensor, now, **options)
        return self._built[key]

    def disagreements(self, report_type: str, label: str, sensor: str | None, now: datetime, **options: Any) -> Any:
        """The sections of a document that are not as expected: `{section: (found, expected)}`."""
        expected = self.corpus.expected(report_type, label, sensor, now, **options)
        found = without_words(self.built(report_type, label, sensor, now, **options))
        return {name: (found.get(name), value) for name, value in expected.items() if found.get(name) != value}


def build(warehouse: Warehouse, report_type: Any, label: str, sensor: str | None, now: datetime, **options: Any) -> Any:
    """A document as it is at this moment."""
    with warehouse.read() as connection:
        return build_report(connection, parse_period(report_type, label), sensor, now_us=to_us(now), **options)


def without_words(told: Any) -> Any:
    """A document, or a part of it, without the messages of alerts, and with the numbers alone of reasons: no rule tells
    their words."""
    if isinstance(told, list):
        return [without_words(each) for each in told]
    if not isinstance(told, dict):
        return told
    kept = {name: without_words(value) for name, value in told.items() if name != "message"}
    if "session_id" in told and "reasons" in told:
        kept["reasons"] = [_numbers(reason) for reason in told["reasons"]]
    return kept


def _numbers(words: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall("[0-9][0-9,]*", words)]
