"""What a file's name says: whether it is a log, whether Cowrie may still write to it, and how old it is."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import translate

_PASSING = re.compile(
    r"""
      \. .*                                                             # hidden: rsync's .cowrie.json.Xy12
    | \# .* \#                                                          # Emacs, unsaved
    | .* ~                                                              # editors' backups
    | .* \. (?: tmp | temp | part | partial | filepart | crdownload | swp | swo | lock | lck | pid )
    | .* (?: \. (?: db | sqlite | sqlite3 ) (?: - (?: wal | shm | journal ) )? )
    | .* \. (?: md5 | sha1 | sha256 | sha512 | asc | sig )              # checksums and signatures
    | .* \. (?: py | pyc | sh | sql | js | css | html | md | rst | toml | cfg | conf | ya?ml | service | png | svg )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""Names that no log keeps: what is being written under another name, and what belongs to programs."""

_SPELLED = re.compile(r"(?<!\d)(\d{4})[-_.](\d{1,2})[-_.](\d{1,2})(?!\d)(?:[-_T](\d{2})(?!\d))?")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?:[-_T]?(\d{2})(?:\d{2}){0,2})?(?!\d)")
_EPOCH = re.compile(r"(?<!\d)(1\d{9})(?!\d)")
_NUMBER = re.compile(r"[.-](\d{1,9})(?=[.-]|$)")
_HIGHEST_NUMBER = 9999
"""A higher one beside a date is a part of it."""
_ROTATED = re.compile(r"[.-](?:\d{1,9}|old|bak|backup|orig|prev|save|gz|bz2|xz|zst|zip)$", re.IGNORECASE)

Age = tuple[int, int, int, str]
"""Sorts the names of one folder from the oldest to the live log."""


class LogNames:
    """Which names are logs: those that hold `cowrie` and `json` in any case, place and order, or those that one of
    `globs` matches.

    What passes (temporary and hidden names) and what is certainly none (programs, databases, checksums) is no log,
    unless a glob is itself such a name: `*.tmp`, `.cowrie*`.
    """

    def __init__(self, globs: Sequence[str] = ()) -> None:
        self._globs = tuple(
            (re.compile(translate(glob), re.IGNORECASE), _PASSING.fullmatch(glob) is not None) for glob in globs
        )

    def __contains__(self, name: str) -> bool:
        if not self._globs:
            lowered = name.lower()
            return "json" in lowered and "cowrie" in lowered and not _PASSING.fullmatch(name)
        return any(
            glob.match(name) is not None and (passing or not _PASSING.fullmatch(name)) for glob, passing in self._globs
        )


BY_DEFAULT = LogNames()
"""Any name that holds `cowrie` and `json`."""


def may_be_live(name: str) -> bool:
    """Whether a log of that name may be one that Cowrie still writes to: it bears no date, no number behind its end and
    no other mark of a rotation."""
    return not _ROTATED.search(name) and _when(name) is None


def age(name: str) -> Age:
    """Dated names first, by their hour; then numbered ones, the highest being the oldest; then others; then those that
    may be live."""
    when = _when(name)
    numbers = _NUMBER.findall(name)
    number = int(numbers[-1]) if numbers else 0
    if when is not None:
        return 0, when, 0 if number > _HIGHEST_NUMBER else -number, name
    if may_be_live(name):
        return 3, 0, 0, name
    return (1, 0, -number, name) if numbers else (2, 0, 0, name)


def _when(name: str) -> int | None:
    """The date in a name as the number YYYYMMDDHH."""
    found = _SPELLED.search(name) or _COMPACT.search(name)
    if found is not None:
        year, month, day, hour = (int(part or 0) for part in found.groups())
        return ((year * 100 + month) * 100 + day) * 100 + hour
    if epoch := _EPOCH.search(name):
        return int(datetime.fromtimestamp(int(epoch[1]), UTC).strftime("%Y%m%d%H"))
    return None
