"""What was asked about by name and has no answer, and why, in sentences for people."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.known import known_of
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.printable import shown

_WORDS = {Kind.FILE: "files", Kind.ADDRESS: "addresses", Kind.PASSWORD: "passwords"}


def nobody_takes(accesses: Sequence[Access], kind: Kind) -> str | None:
    """That none of some services takes values of a kind; None where one does."""
    if any(_takes(access, kind) for access in accesses):
        return None
    return f"no service that is asked takes {_WORDS[kind]}"


def unanswered(connection: Connection, accesses: Sequence[Access], named: Mapping[Kind, Sequence[str]]) -> list[str]:
    """A sentence for each value that is asked of no service, and for each service that did not answer about one."""
    return [
        sentence
        for kind, values in named.items()
        for value in values
        for sentence in _of_value(connection, accesses, kind, value)
    ]


def _of_value(connection: Connection, accesses: Sequence[Access], kind: Kind, value: str) -> Iterator[str]:
    reason = why_skipped(kind, value) or nobody_takes(accesses, kind)
    if reason is not None:
        yield f"{shown(value)} is not asked about: {reason}"
        return
    known = {each.provider: each for each in known_of(connection, kind, [value])}
    for access in accesses:
        said = known.get(access.name)
        if _takes(access, kind) and (said is None or said.status is not Status.ENRICHED or said.error is not None):
            why = "" if said is None or said.error is None else f": it {said.error}"
            yield f"{shown(value)}: no answer of {access.service.title}{why}"


def _takes(access: Access, kind: Kind) -> bool:
    return any(lookup.kind is kind for lookup in access.service.lookups)
