"""What a service outside is: where it is asked, how often, about what, how its answers read, how long they last.

Each module of `enrichment.services` is one such declaration. Nothing here asks anything: see `enrichment.calling`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.enrichment.addresses import canonical_spelling
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.places import Place

Needs = Literal["key", "contact", "switch"]


class UnreadableAnswerError(ValueError):
    """An answer that is none of this service; the sentence quotes nothing of it."""


class KeyRefusedError(ValueError):
    """An answer that says in its body that the key is not taken."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How many calls may be made: in any 60 seconds, in a day and in a calendar month of UTC. None: as many as come."""

    per_minute: int | None
    per_day: int | None = None
    per_month: int | None = None
    seconds_between: float = 0.0
    """From the end of a call to the next one, at least."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request below a service's base URL and path, without its key."""

    path: str = ""
    """Percent-encoded."""
    method: Literal["GET", "POST"] = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    document: Mapping[str, str] | None = None
    """Sent as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WhoisQuery:
    """Lines that are sent over one socket; the answer is what comes until the other side closes."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What a provider said of a value before. Times are microseconds since 1970-01-01 UTC; None: it did not."""

    answered_at: int | None = None
    """Its first answer, if only that it does not know the value."""
    known_at: int | None = None
    """The first answer that says when it was first given the value."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing that a service can be asked."""

    kind: Kind
    request: Callable[[Sequence[str]], Request | WhoisQuery]
    """Of values that `skipping.why_skipped` finds no reason against, no two of which are `same`."""
    read: Callable[[Sequence[str], bytes], Mapping[str, Said]]
    """What the answer says of each value; of one that is not in it, the service said nothing and is asked again.
    Raises UnreadableAnswerError, also where the answer names another value than was asked, and KeyRefusedError."""
    lifetime: Callable[[Said, Past, int], int]
    """Microseconds from now (the third argument) for which an answer is good."""
    is_unknown: Callable[[Sequence[str], bytes], bool] | None = None
    """Whether the body of a 404 is how this service says that it does not know the values; None: no 404 is. Raises
    UnreadableAnswerError."""
    at_once: int = 1
    """How many values one request can ask about."""
    place: Callable[[Said], Place] | None = None
    """Where an address is, of a service that is one of `places.PlaceSource`."""

    def same(self, value: str) -> str:
        """What all spellings of a value have in common: who asks about one of them asks about all."""
        return canonical_spelling(value) if self.kind is Kind.ADDRESS else value


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is unless the settings say otherwise."""

    name: str
    """As its settings and `verdict_providers` have it."""
    title: str
    url: str
    rates: Rates
    needs: Needs
    """What must be set before it is asked: its key, a contact, or `COWRIE_<SERVICE>=on`."""
    lookups: tuple[Lookup, ...]
    path: str = ""
    """What stands between its base URL and the path of each request, with a slash at its end."""
    key_header: str | None = None
    """The header in which its key is sent."""
    rest_seconds: int = 60
    """How long it is left alone after a 429 that does not say how long."""

    @property
    def variable(self) -> str:
        """What the names of its settings begin with."""
        return f"COWRIE_{self.name.upper()}"


def days(number: float) -> Callable[[Said, Past, int], int]:
    """A lifetime that is always the same."""
    return lambda _said, _past, _now: round(number * US_PER_DAY)
