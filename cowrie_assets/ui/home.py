"""DAGSTER_HOME: the folder of Dagster's history, and the `dagster.yaml` that counts there."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

_PACKAGED = Path(__file__).parents[1] / "dagster.yaml"
_CHECKOUT = Path(__file__).parents[2] / "dagster.yaml"
SHIPPED = _PACKAGED if _PACKAGED.is_file() else _CHECKOUT
"""A wheel carries the file inside the package, a checkout beside it."""

_PREFIX = "cowrie-assets-"
_DEFAULT = ".dagster_home"
_MARK = "# From cowrie-assets; a changed copy is kept as it is. "


def dagster_home(environment: Mapping[str, str]) -> Path:
    """The environment's DAGSTER_HOME, else `.dagster_home` in the working directory."""
    return Path(environment.get("DAGSTER_HOME") or _DEFAULT).expanduser().absolute()


def prepare_home(home: Path) -> str | None:
    """Make the folder, for its owner only, and put the shipped `dagster.yaml` there, in the place of an older one.

    A file that somebody changed stays; the sentence that says so is returned, else None. Raises OSError.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, shipped = home / "dagster.yaml", SHIPPED.read_text(encoding="utf-8")
    standing = file.read_text(encoding="utf-8") if file.exists() else None
    if standing is not None and not _is_ours(standing) and standing != shipped:
        return f"{file} was changed and counts as it is; remove it to have the shipped one"
    if standing != (marked := _marked(shipped)):
        file.write_text(marked, encoding="utf-8")
    return None


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold a home as the one UI over it: two daemons would run each sensor twice. Raises OSError where one has it."""
    with (home / "ui.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"a UI runs over {home} already: end it, or name another folder by DAGSTER_HOME") from None
        yield


@contextmanager
def short_folder(home: Path) -> Iterator[Path]:
    """A folder with a short path, as a socket needs it, for as long as the UI runs over a home that is `locked`. One
    that a UI left which was killed is removed."""
    record = home / "ui.folder"
    _remove_left(record)
    with TemporaryDirectory(prefix=_PREFIX) as folder:
        record.write_text(folder, encoding="utf-8")
        yield Path(folder)
    record.unlink(missing_ok=True)


def _remove_left(record: Path) -> None:
    """Remove the folder that `record` names where it is such a one, and ours."""
    try:
        folder = Path(record.read_text(encoding="utf-8"))
        owner, mode = folder.lstat().st_uid, folder.lstat().st_mode
    except (OSError, ValueError):
        return
    if folder.name.startswith(_PREFIX) and stat.S_ISDIR(mode) and owner == os.geteuid():
        shutil.rmtree(folder, ignore_errors=True)


def _marked(content: str) -> str:
    """`content` below a line by which a later version knows that nobody changed it."""
    return f"{_MARK}{sha256(content.encode()).hexdigest()}\n{content}"


def _is_ours(standing: str) -> bool:
    return standing == _marked(standing.partition("\n")[2])
