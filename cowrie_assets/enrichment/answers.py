"""What a provider says of a value, as it comes to `enrichment.verdicts.record`: bounded, whatever a service sends."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from cowrie_assets.cowrie.timestamps import USABLE_US

LONGEST_VALUE = 256
LONGEST_LABEL = 256
LONGEST_DESCRIPTION = 1_024
LONGEST_ERROR = 256
LONGEST_DATA = 16_384
"""Characters of an answer's JSON; of a longer one only the length is kept."""
_LARGEST = 2**31 - 1
_HIGHEST_SCORE = 100
_SHASUM = re.compile("[0-9a-f]{64}")
_PROVIDER = re.compile("[a-z0-9][a-z0-9_.:-]{0,63}")


class Kind(IntEnum):
    """What a value is. `sql/views/verdicts.sql` has the words."""

    FILE = 1
    """A SHA-256, 64 lower-case hex digits."""
    ADDRESS = 2
    """A source address, as the events have it."""
    PASSWORD = 3
    """A password that was tried. Of it only a part of its digest leaves the machine, and none of it is in an answer."""


class Status(IntEnum):
    """How far a provider was asked. `sql/views/verdicts.sql` has the words."""

    PENDING = 1
    """Not asked yet, or without an answer since."""
    ENRICHED = 2
    """It answered, if only that it does not know the value."""
    FAILED = 3
    """It was asked, and never answered."""
    SKIPPED = 4
    """It is not asked: the value is no matter for it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider says of a value. Texts are cut, numbers out of range are None.

    Times are microseconds since 1970-01-01 UTC.
    """

    malicious: bool | None = None
    """None: it does not say, which is "not judged"."""
    score: int | None = None
    """0 to 100: how bad."""
    label: str | None = None
    description: str | None = None
    positives: int | None = None
    total: int | None = None
    first_seen: int | None = None
    last_analysis: int | None = None
    scanned_at: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """What else of the answer is kept, as JSON."""

    def bounded(self) -> "Said":
        """The same, within the bounds of the tables."""
        return replace(
            self,
            score=_within(self.score, 0, _HIGHEST_SCORE),
            label=_cut(self.label, LONGEST_LABEL),
            description=_cut(self.description, LONGEST_DESCRIPTION),
            positives=_within(self.positives, 0, _LARGEST),
            total=_within(self.total, 0, _LARGEST),
            first_seen=_time(self.first_seen),
            last_analysis=_time(self.last_analysis),
            scanned_at=_time(self.scanned_at),
        )

    def json(self) -> str | None:
        """`data` as JSON; None where there is none."""
        if not self.data:
            return None
        try:
            written = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
        except (ValueError, RecursionError):
            return '{"omitted":"no JSON"}'
        return written if len(written) <= LONGEST_DATA else json.dumps({"omitted_characters": len(written)})


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one provider about one value once. Raises ValueError where these are none."""

    kind: Kind
    value: str
    provider: str
    status: Status
    fetched_at: int
    """When the provider was asked, in microseconds since 1970-01-01 UTC."""
    said: Said = NOTHING
    """Of an answer only."""
    expires_at: int | None = None
    """From when on it is stale; None: never."""
    next_attempt_at: int | None = None
    """From when on the provider may be asked again; None: when the answer expires, or never."""
    error: str | None = None
    """Why there is no answer."""

    def __post_init__(self) -> None:
        if not _PROVIDER.fullmatch(self.provider):
            raise ValueError(f"{self.provider[:64]!r} is no name of a provider")
        if self.status is not Status.SKIPPED and not is_value(self.kind, self.value):
            raise ValueError(f"a value of {len(self.value)} characters is no {self.kind.name.lower()}")


def is_value(kind: Kind, value: str) -> bool:
    """Whether a value can have a verdict."""
    return bool(_SHASUM.fullmatch(value)) if kind is Kind.FILE else 0 < len(value) <= LONGEST_VALUE


def cut_error(error: str | None) -> str | None:
    """An error as short as it is kept."""
    return _cut(error, LONGEST_ERROR)


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None


def _within(number: int | None, least: int, most: int) -> int | None:
    return number if number is not None and least <= number <= most else None


def _time(us: int | None) -> int | None:
    return _within(us, USABLE_US[0], USABLE_US[-1])
