"""Where a SQLite warehouse lies on disk, and whether one lay there that is gone."""

from pathlib import Path

from cowrie_assets.amounts import counted
from cowrie_assets.database_url import DatabaseUrlError, read_database_url
from cowrie_assets.reports.periods import REPORT_TYPES


def sqlite_file(database_url: str) -> Path | None:
    """The file that a SQLite URL names; None for other engines and for what is no URL."""
    try:
        url = read_database_url(database_url)
    except DatabaseUrlError:
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def lost_database(database_url: str, report_dir: Path) -> str | None:
    """The sentence that says so where a SQLite file is not there, though reports were written from one; else None.

    To make an empty one in its place is then nothing to do unasked: every log would be read anew, and what only the
    database held would be missed by nobody.
    """
    file = sqlite_file(database_url)
    if file is None or file.exists():
        return None
    written = sum(1 for kind in REPORT_TYPES for _ in report_dir.glob(f"{kind}/*/aggregate.*"))
    if not written:
        return None
    return (
        f"the database {file} is gone, though {counted(written, 'report file')} of all sensors below {report_dir} "
        f"{'was' if written == 1 else 'were'} written from one: put it back, or run `cowrie-assets ingest` once to "
        "begin anew from the logs"
    )
