"""A warehouse with its logs and reports that is filled once, and put back as it was for each test that changes it."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Databases, Engine
from cowrie_assets_tests.loading import write_log


@dataclass(frozen=True)
class Original:
    """Logs and reports in `place`, whose paths the database knows; a copy of them in `kept`."""

    databases: Databases
    settings: Settings
    place: Path
    kept: Path

    @classmethod
    def made(
        cls,
        databases: Databases,
        engine: Engine,
        folder: Path,
        lines: Iterable[bytes],
        fill: Callable[[Warehouse, Settings], object],
    ) -> Self:
        """One log of `lines`, and what `fill` makes of it; the log's name has to be quoted in a shell."""
        place = folder / "place"
        root = place / "it's logs"
        write_log(root, lines)
        settings = Settings(log_root=root, report_dir=place / "reports", database_url=databases.new(engine, folder))
        with Warehouse.open(settings.database_url) as warehouse:
            fill(warehouse, settings)
        kept = Path(shutil.copytree(place, folder / "kept"))
        return cls(databases, settings, place, kept)

    @contextmanager
    def put_back(self, folder: Path) -> Iterator[Settings]:
        """Its settings, over a database of the caller's own; a SQLite file lies in `folder`."""
        shutil.rmtree(self.place)
        shutil.copytree(self.kept, self.place)
        with self.databases.copied(self.settings.database_url, folder) as url:
            yield replace(self.settings, database_url=url)
