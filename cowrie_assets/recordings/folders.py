"""Where recordings lie: `COWRIE_RECORDINGS_DIR`, `recordings` of a sensor in the sensors file, and without the former
`tty` beside the log. No other file is opened, whatever an event calls its recording."""

import errno
import os
import re
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cowrie_assets.errors import UserError
from cowrie_assets.printable import shown
from cowrie_assets.regular_file import open_regular
from cowrie_assets.settings import Settings

_BESIDE_LOGS = "tty"
_NAME = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}")


class RecordingError(UserError):
    """A recording that is not there or cannot be read; the message says where it was looked for."""


def recording_folders(settings: Settings, sensor: str, log: Path) -> list[Path]:
    """The folders in which a recording may lie that an event of `log` tells of, the sensor's own first.

    Other sensors' folders are none of them: recordings are named by what was typed, and two sensors have one each of a
    name.
    """
    own = [each.recordings for each in settings.registry.sensors if each.recordings and each.name == sensor]
    if settings.recordings_dir is not None:
        return [*own, settings.recordings_dir]
    roots = [settings.log_root, *(each.logpath for each in settings.registry.sensors)]
    is_below = any(log.is_relative_to(root.absolute()) for root in roots if root is not None)
    return [*own, log.parent / _BESIDE_LOGS] if is_below else own


def open_recording(folders: list[Path], ttylog: str) -> BinaryIO:
    """The recording that an event names, `var/lib/cowrie/tty/86f7c21b...`: a file of this name in one of the folders.

    Raises RecordingError.
    """
    name = PurePosixPath(ttylog).name
    if not _NAME.fullmatch(name):
        raise RecordingError(f"a recording has no name such as {shown(name)!r}")
    for folder in folders:
        file = folder / name
        try:
            return _opened(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RecordingError(f"the recording {file} cannot be read: {error.strerror}") from None
    looked = ", ".join(map(os.fspath, folders)) or "no folder"
    raise RecordingError(
        f"the recording {name} is not there: looked for in {looked}; COWRIE_RECORDINGS_DIR names Cowrie's folder `tty`"
    )


def _opened(file: Path) -> BinaryIO:
    """Raises OSError, also where the file is a link: it may lead out of the folder."""
    if file.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")
    return open_regular(file)
