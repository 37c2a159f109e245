"""What a campaign is called after: its key, else the rarest form that is usual in it, else its surest mark."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from cowrie_assets.campaigns.behaviours import Behaviours
from cowrie_assets.campaigns.marks import JOINING, OWNED, Mark, MarkKind
from cowrie_assets.campaigns.membership import Profile
from cowrie_assets.campaigns.sequences import Forms, tokens_of
from cowrie_assets.printable import printable
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

LONGEST = 80
"""Characters of a name."""
_USUAL_SHARE = 2
_OWN_SHARE = 10
"""A form is a campaign's own where nine of ten sessions that typed it are."""
_SHOWN_DIGEST = 12


class Distinctive(NamedTuple):
    """What a campaign is called after."""

    token: int | None
    mark: Mark | None
    text: str
    """Of the mark."""
    own: bool = False
    """Whether half of the sessions have a mark, or typed a form that is not common or that hardly others typed."""


def distinctive(
    profiles: Sequence[Profile],
    sequences: Mapping[int, Forms],
    kinds: Behaviours,
    texts: Mapping[Mark, str],
    typed: Mapping[int, int],
) -> Distinctive:
    """What is distinctive of some profiles: what half of their sessions have goes before what some have. `typed`: how
    many of all sessions typed each form, by its token."""
    marks: Counter[Mark] = Counter()
    of_sequences: Counter[int] = Counter()
    for profile in profiles:
        of_sequences[profile.sequence] += profile.sessions
        for mark in profile.marks:
            marks[mark] += profile.sessions
    tokens: Counter[int] = Counter()
    words: dict[int, int] = {}
    for sequence, sessions in of_sequences.items():
        of_sequence = tokens_of(sequences.get(sequence, ()))
        words |= of_sequence
        for token in of_sequence:
            tokens[token] += sessions
    half = sum(profile.sessions for profile in profiles) / _USUAL_SHARE
    own = any(count >= half for count in marks.values()) or any(
        count >= half and (token not in kinds.common or count * _OWN_SHARE >= typed[token] * (_OWN_SHARE - 1))
        for token, count in tokens.items()
    )

    def of_marks(kinds: Sequence[int]) -> Distinctive | None:
        found = [mark for mark in marks if mark[0] in kinds]
        mark = min(found, key=lambda each: (kinds.index(each[0]), -marks[each], texts[each]), default=None)
        return None if mark is None else Distinctive(None, mark, texts[mark], own)

    owned = of_marks(sorted(OWNED))
    if owned is not None and owned.mark is not None and marks[owned.mark] >= half:
        return owned
    usual = [token for token, count in tokens.items() if count >= half] or list(tokens)
    if usual:
        token = min(usual, key=lambda each: (kinds.spread.get(each, 0), -words[each], -tokens[each], each))
        return Distinctive(token, None, "", own)
    return of_marks(list(map(int, JOINING))) or Distinctive(None, None, "")


def name_of(connection: Connection, after: Distinctive) -> str:
    """The name of a campaign: attackers' text, printable and bounded."""
    if after.mark is None:
        query = statement("campaigns/form_of_token", connection.dialect.name)
        form = connection.execute(query, {"token": after.token}).scalar()
        return printable(decode_text(form or ""))[:LONGEST]
    kind, value_id = after.mark
    text = after.text
    if kind == MarkKind.SSH_KEY:
        comment = connection.execute(
            statement("campaigns/comment_of_key"), {"kind": kind, "value_id": value_id}
        ).scalar()
        text = decode_text(comment) or text
    elif kind == MarkKind.FILE:
        text = text[:_SHOWN_DIGEST]
    elif kind == MarkKind.CREDENTIAL:
        text = text.partition(":")[0]  # no password in a name: COWRIE_MASK_PASSWORDS
    return printable(f"{_SAID[MarkKind(kind)]} {text}")[:LONGEST]


_SAID = {
    MarkKind.SSH_KEY: "key",
    MarkKind.WALLET: "wallet",
    MarkKind.FILE: "file",
    MarkKind.ENDPOINT: "endpoint",
    MarkKind.HOST: "host",
    MarkKind.CREDENTIAL: "login",
}
