"""Faults that a user can do something about, as one sentence each: the same on the command line and on Dagster's pages.

Everything else is a bug and keeps its traceback.
"""

import errno
import os
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from cowrie_assets.errors import UserError
from cowrie_assets.warehouse.errors import free_space

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LASTING = _NO_ROOM | {
    *(errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP, errno.ENAMETOOLONG),
}
"""What the system says of a disk, a right or a path that somebody has to mend."""


def sentence_of(error: BaseException) -> str | None:
    """What to tell the user, in one line; None where `error` is a bug.

    A file that cannot be written for lack of room is named with the bytes that are free there. The sentence may hold
    a path or a name that an attacker chose: pass it through `printable`.
    """
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        first_line = str(error.orig).partition("\n")[0]  # the others, the statement and its values may be an attacker's
        return f"the database gave up: {first_line}"
    return _of_the_system(error) if isinstance(error, OSError) else None


def may_pass(error: BaseException) -> bool:
    """Whether the same may go well a little later, as with a busy database; else somebody has to mend it first."""
    if isinstance(error, OSError):
        return error.errno not in _LASTING
    return error.passing if isinstance(error, UserError) else isinstance(error, OperationalError)


def _of_the_system(error: OSError) -> str:
    if error.filename is None:
        return str(error)
    path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else str(error.filename)
    is_place = os.sep in path  # standard output is none
    room = f" ({free_space(Path(path).parent)})" if error.errno in _NO_ROOM and is_place else ""
    return f"{path}: {error.strerror}{room}"
