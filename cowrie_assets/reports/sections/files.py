"""The `files` section: what was fetched and brought."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.session_rows import SessionRows, total_of
from cowrie_assets.reports.top_list import TopItem


class FilesSection(TypedDict):
    """The first three count events, those that stored no file among them; the others count stored files."""

    downloads: int
    downloads_failed: int
    uploads: int
    unique_hashes: int
    top_hashes: list[TopItem]
    """By downloads and uploads."""
    top_urls: list[TopItem]
    """By downloads."""
    vt_malicious: int
    """How many of the unique hashes VirusTotal calls malicious."""


def files_section(session_rows: SessionRows, files: Figures) -> FilesSection:
    """The section, from the scope's sessions and the figures of `sql/reports/files.sql`."""
    return {
        "downloads": total_of(session_rows, "file_downloads"),
        "downloads_failed": total_of(session_rows, "file_downloads_failed"),
        "uploads": total_of(session_rows, "file_uploads"),
        "unique_hashes": files.numbers["unique_hashes"],
        "top_hashes": files.top("top_hashes"),
        "top_urls": files.top("top_urls"),
        "vt_malicious": files.numbers["vt_malicious"],
    }
