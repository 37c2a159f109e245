"""The pages beside the reports of one period."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.pages.sessions import SessionPage, session_pages
from cowrie_assets.reports.pages.subjects import PageKind, Subject, listed
from cowrie_assets.reports.pages.values import ValuePage, value_pages
from cowrie_assets.reports.periods import Period

_EVERY_SENSOR = 0


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a period, and the reports that list what they are about."""

    period: Period
    sessions: list[SessionPage] = field(default_factory=list)
    values: list[ValuePage] = field(default_factory=list)
    places: dict[Subject, dict[str, str]] = field(default_factory=dict)
    """`{subject: {sensor: anchor}}`: in which documents it stands, and where."""
    sensors: tuple[str, ...] = ()
    """Those of the documents."""

    def subjects(self) -> Iterator[Subject]:
        """What has a page."""
        yield from (page.subject for page in self.sessions)
        yield from (page.subject for page in self.values)


def build_pages(connection: Connection, period: Period, documents: Iterable[ReportDocument]) -> Pages:
    """The pages of what `documents`, reports of `period`, list: bounded in number.

    They are made with thirteen queries in all, and 16 for each file that has a TLSH digest.
    They tell of all sensors. Give it the transaction that the documents come from.
    """
    scope = Scope(connection, period, _EVERY_SENSOR, top=0)
    places = listed(documents)
    sessions = session_pages(scope, _of(places, PageKind.SESSION))
    values = value_pages(scope, _of(places, PageKind.ADDRESS, PageKind.FILE, PageKind.HASSH))
    return Pages(period, sessions, values, places, tuple(document["sensor"] for document in documents))


def _of(subjects: Iterable[Subject], *kinds: PageKind) -> list[Subject]:
    return [subject for subject in subjects if subject.kind in kinds]
