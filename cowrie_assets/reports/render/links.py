"""Where the values of a report lead: an address, a file, a HASSH and a session to its own page, what a session did (a
command, a login, a URL) to the event of the first listed session that did it.

A value's place is the list of the report that it stands in, as its anchors begin: `address`, `new-hashes`, `command`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.pages.build import Pages
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.pages.timeline import Entry
from cowrie_assets.reports.render.masking import masks_of, passwords_of, redacted

PAGES = {
    "session": PageKind.SESSION,
    "address": PageKind.ADDRESS,
    "file": PageKind.FILE,
    "new-hashes": PageKind.FILE,
    "hassh": PageKind.HASSH,
    "new-hassh": PageKind.HASSH,
}
"""The places of what has pages."""
_EVENTS = {
    "command": "command",
    "last-command": "command",
    "username": "username",
    "password": "password",
    "new-passwords": "password",
    "login": "login",
    "url": "url",
    "new-urls": "url",
    "version": "version",
    "target": "target",
}
"""The places of what events say, by what they say."""


@dataclass(frozen=True, slots=True)
class Links:
    """Ways from values to pages; they are relative to the folder of the pages."""

    subjects: frozenset[Subject] = frozenset()
    events: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """`{(what an event says, value): file and anchor}`"""

    @classmethod
    def of(cls, pages: Pages) -> "Links":
        """The links to `pages`."""
        events: dict[tuple[str, str], str] = {}
        for page in pages.sessions:
            for entry in page.entries:
                for said in _said(entry):
                    events.setdefault(said, f"{page.subject.file_name}#event-{entry.place}")
        return cls(frozenset(pages.subjects()), events)

    def masked(self, document: ReportDocument) -> "Links":
        """The links from the values of `document` when its passwords are masked."""
        masks = masks_of(passwords_of(document))
        events: dict[tuple[str, str], str] = {}
        for (what, text), href in self.events.items():
            shown = _MASKED.get(what, _as_it_is)(text, masks)
            if shown is not None:
                events.setdefault((what, shown), href)
        return replace(self, events=events)

    def href(self, place: str, text: str, sensor: str | None = None) -> str | None:
        """Where a value leads; that of a session is its id, with its sensor. None where it leads nowhere."""
        if place in _EVENTS:
            return self.events.get((_EVENTS[place], text))
        return self.page(place, text, sensor)

    def page(self, place: str, text: str, sensor: str | None = None) -> str | None:
        """The page of a value of its own; None where it has none."""
        if place not in PAGES:
            return None
        subject = Subject(PAGES[place], (text,) if sensor is None else (sensor, text))
        return subject.file_name if subject in self.subjects else None


NO_LINKS = Links()
"""Of a report without pages."""


def _said(entry: Entry) -> Iterator[tuple[str, str]]:
    """`(what, value)` of what an event says; a value that is cut is left out."""
    whole = {value.place: value.text for value in entry.values if value.place and value.characters == len(value.text)}
    yield from whole.items()
    if "username" in whole and "password" in whole:
        yield "login", f"{whole['username']}:{whole['password']}"


def _as_it_is(text: str, _: dict[str, str]) -> str | None:
    return text


def _masked_login(text: str, masks: dict[str, str]) -> str | None:
    username, _, password = text.partition(":")
    return f"{username}:{masks[password]}" if password in masks else None


_MASKED: dict[str, Callable[[str, dict[str, str]], str | None]] = {
    "password": lambda text, masks: masks.get(text),
    "login": _masked_login,
    "command": redacted,
}
