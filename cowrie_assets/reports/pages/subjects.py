"""What has a page of its own: sessions, addresses, files and HASSH, and those of them that reports list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.warehouse.dictionary import digest_of

FOLDER = "pages"
"""Where the pages lie, beside the reports of their period."""
_MARK_DIGITS = 12


class PageKind(StrEnum):
    """A kind of page, as the names of its files begin."""

    SESSION = "session"
    ADDRESS = "address"
    FILE = "file"
    HASSH = "hassh"


MOST: dict[PageKind, int] = {PageKind.SESSION: 200, PageKind.ADDRESS: 200, PageKind.FILE: 200, PageKind.HASSH: 50}
"""Pages of a kind beside the reports of one period, however many sensors there are and whatever they list."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about."""

    kind: PageKind
    key: tuple[str, ...]
    """`(sensor, session id)` of a session, else `(value,)`, as logged."""

    @property
    def file_name(self) -> str:
        """The page's: a digest, for strangers write sensors, session ids and HASSH."""
        return f"{self.kind}-{digest_of(*self.key).hex()}.html"


def mark(*key: str) -> str:
    """12 hex digits that stand for a value in the anchor of a line: `#command-0a1b2c3d4e5f`."""
    return digest_of(*key).hex()[:_MARK_DIGITS]


def listed(documents: Iterable[ReportDocument]) -> dict[Subject, dict[str, str]]:
    """What the reports of a period list, at most `MOST` of a kind: `{subject: {sensor: anchor}}`.

    `sensor` is that of the document, `anchor` the first place in its page. Where there are more subjects, those that
    stand first in their report go first, and the reports take turns.
    """
    places: dict[Subject, dict[str, str]] = {}
    for document in documents:
        for subject, anchor in _places(document):
            places.setdefault(subject, {}).setdefault(document["sensor"], anchor)
    chosen: dict[Subject, dict[str, str]] = {}
    left = dict(MOST)
    for turn in zip_longest(*(_subjects(document) for document in documents)):
        for subject in turn:
            if subject is not None and subject not in chosen and left[subject.kind]:
                left[subject.kind] -= 1
                chosen[subject] = places[subject]
    return chosen


def _subjects(document: ReportDocument) -> Iterable[Subject]:
    return dict.fromkeys(subject for subject, _ in _places(document))


def _sessions(name: str, sessions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Subject, str]]:
    for session in sessions:
        key = (session["sensor"], session["session_id"])
        yield Subject(PageKind.SESSION, key), f"{name}-{mark(*key)}"


def _places(document: ReportDocument) -> Iterator[tuple[Subject, str]]:
    """Each subject that a report lists with the anchor of the line that it stands in, the best place first."""
    interesting, abnormal = document["interesting"], document["abnormal"]["sessions"]
    yield from _sessions("look", interesting)
    for name in ("new", "growing", "other"):
        for campaign in document["campaigns"][name]["items"]:
            key = (campaign["sample"]["sensor"], campaign["sample"]["session_id"])
            yield Subject(PageKind.SESSION, key), f"campaign-{mark(campaign['campaign_id'])}"
    for spread in document["snowshoe"]["items"]:
        key = (spread["sample"]["sensor"], spread["sample"]["session_id"])
        yield Subject(PageKind.SESSION, key), f"snowshoe-{mark(spread['campaign_id'])}"
    yield from _sessions("rare", document["longtail"]["items"])
    yield from _sessions("abnormal", abnormal)
    for technique in document["techniques"]["items"]:
        key = (technique["sample"]["sensor"], technique["sample"]["session_id"])
        yield Subject(PageKind.SESSION, key), f"technique-{mark(technique['technique'])}"
    lists = (
        (PageKind.ADDRESS, "address", document["sources"]["top_ips"]),
        (PageKind.FILE, "file", document["files"]["top_hashes"]),
        (PageKind.FILE, "new-hashes", document["new"]["hashes"]["items"]),
        (PageKind.HASSH, "hassh", document["clients"]["top_hassh"]),
        (PageKind.HASSH, "new-hassh", document["new"]["hassh"]["items"]),
    )
    for kind, anchor, items in lists:
        for item in items:
            yield Subject(kind, (item["value"],)), f"{anchor}-{mark(item['value'])}"
    for name, sessions in (("look", interesting), ("abnormal", abnormal)):
        for session in sessions:
            anchor = f"{name}-{mark(session['sensor'], session['session_id'])}"
            if session["src_ip"] is not None:
                yield Subject(PageKind.ADDRESS, (session["src_ip"],)), anchor
    for session in interesting:
        anchor = f"look-{mark(session['sensor'], session['session_id'])}"
        for shasum in session["shasums"]:
            yield Subject(PageKind.FILE, (shasum,)), anchor
