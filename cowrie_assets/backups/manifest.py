"""What a backup holds, beside it as JSON: by it a backup is known, proved, and counted among the copies that are kept.

A backup is `cowrie-<UTC time>.db` or `.dump` with `<its name>.json` beside it. The manifest is in its place before the
backup gets its name, so a file of that name is whole.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from cowrie_assets.backups.errors import BackupError
from cowrie_assets.warehouse.engine import Dialect

_FORM = 1
_MOST_BYTES = 4_000_000
_HASHED_AT_ONCE = 1 << 20
SUFFIX = ".json"
ENGINES: dict[Dialect, str] = {"sqlite": ".db", "postgresql": ".dump"}
"""The engines by which a backup is made, and the suffix of its file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one backup holds."""

    file: str
    engine: Dialect
    warehouse: str
    """The identity of the warehouse; empty where its tables are older than identities."""
    revision: str
    """That of its tables."""
    made_at: str
    """The moment of the state that it holds, as ISO text in UTC."""
    size_bytes: int
    sha256: str
    rows: dict[str, int]
    """The number of rows of each table; partitions are tables of their own."""
    program: str
    """The version of cowrie-assets that made it."""
    form: int = _FORM

    @property
    def content(self) -> bytes:
        """The manifest as it is written."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2) + b"\n"


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(backup.name + SUFFIX)


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError where there is none, or none that this code can read."""
    path = manifest_path(backup)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise BackupError(f"{path} is not there: without its manifest nothing tells that a backup is whole") from None
    try:
        said: Any = orjson.loads(content[:_MOST_BYTES])
        manifest = Manifest(**said)
    except (ValueError, TypeError):
        raise BackupError(f"{path} is no manifest of a backup") from None
    if manifest.form != _FORM or not _fits(manifest):
        raise BackupError(f"{path} is no manifest that this version of cowrie-assets knows")
    return manifest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while content := file.read(_HASHED_AT_ONCE):
            digest.update(content)
    return digest.hexdigest()


def _fits(manifest: Manifest) -> bool:
    rows = manifest.rows
    texts = ("file", "engine", "warehouse", "revision", "made_at", "sha256", "program")
    return (
        isinstance(rows, dict)
        and all(isinstance(name, str) and type(count) is int for name, count in rows.items())
        and isinstance(manifest.size_bytes, int)
        and all(isinstance(getattr(manifest, name), str) for name in texts)
        and manifest.engine in ENGINES
    )
