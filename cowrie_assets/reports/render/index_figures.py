"""What an index tells of a period, from the JSON of its aggregate."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cowrie_assets.reports.sections.alerts import SEVERITIES, Severity

_LARGEST_READ = 4_000_000
"""Bytes: who has a document written with a thousand long commands need not wait for it here."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A sensor that wrote no event in the period; both as the document has them."""

    sensor: str
    since: str


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """The numbers of a period's row."""

    sessions: int
    unique_ips: int
    commands: int
    unique_hashes: int
    alerts: Mapping[Severity, int]
    """Those of each severity that has any, the gravest first."""
    silent: Sequence[Silence]
    generated_at: str
    complete: bool


def read_figures(path: Path) -> IndexFigures | None:
    """The figures of the document at `path`; None where there is none, it is over 4 MB, or it cannot be used."""
    try:
        if path.stat().st_size > _LARGEST_READ:
            return None
        return _figures(orjson.loads(path.read_bytes()))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _figures(document: Mapping[str, Any]) -> IndexFigures:
    alerts = document["alerts"]
    severities = Counter(alert["severity"] for alert in alerts)
    return IndexFigures(
        sessions=int(document["sessions"]["total"]),
        unique_ips=int(document["sessions"]["unique_ips"]),
        commands=int(document["commands"]["total"]),
        unique_hashes=int(document["files"]["unique_hashes"]),
        alerts={severity: severities[severity] for severity in SEVERITIES if severities[severity]},
        silent=[
            Silence(str(alert["figures"]["sensor"]), str(alert["figures"]["since"]))
            for alert in alerts
            if alert["kind"] == "sensor_silent"
        ],
        generated_at=str(document["generated_at"]),
        complete=bool(document["complete"]),
    )
