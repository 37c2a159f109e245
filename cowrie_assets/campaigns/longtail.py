"""The long tail: sessions that are rare in what they did (docs/RARE.md). Reads only.

What few sessions typed or carried, up to the end of the window, weighs the more the fewer they are. What was loaded
first has no say in it, and nothing that came later.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from cowrie_assets.amounts import counted
from cowrie_assets.campaigns.listing import SessionName
from cowrie_assets.campaigns.marks import MarkKind
from cowrie_assets.campaigns.sequences import tokens_of, unpacked
from cowrie_assets.campaigns.traits import FORM, Trait, traits_of
from cowrie_assets.campaigns.window import Window
from cowrie_assets.clock import iso_us
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import texts
from cowrie_assets.warehouse.sql import statement

FEW = 3
"""So many sessions are few: of a trait, of a profile, of a campaign."""
LEAST_SCORE = 16
"""Bits that a session's rare traits must say."""
ALL_SENSORS = 0
_KINDS = (FORM, MarkKind.SSH_KEY, MarkKind.HOST, MarkKind.WALLET, MarkKind.ENDPOINT, MarkKind.FILE)
"""A url is told by its host; a password that nobody else uses is no rarity."""
_MOST_BITS_A_WORD = 4
_MOST_BITS_A_MARK = 8
_MOST_TRAITS = 10
"""So many count, the rarest: a session that types two hundred is not twenty times as rare."""
_FOR_TECHNIQUE, _FOR_CLIENT, _FOR_PASSWORD = 8, 4, 2
_SHOWN_TRAITS = 5


@dataclass(frozen=True, slots=True)
class RareTrait:
    """What a session did that few did."""

    kind: str
    """`command`, of which the normal form is the value, or the name of a `MarkKind` in lower case."""
    value: str
    """An attacker's text."""
    sessions: int
    """That had it up to the end of the window."""


@dataclass(frozen=True, slots=True)
class RareSession:
    """A session of the long tail."""

    session: SessionName
    """Of those that did the same in the window the first."""
    score: int
    """Bits, and what is new besides."""
    reasons: list[str]
    sessions: int
    """Of the window that did the same."""
    campaign_id: str | None
    rare_traits: int
    """How many of what it did few did."""
    traits: list[RareTrait]
    """The rarest of these."""


@dataclass(frozen=True, slots=True)
class LongTail:
    """The rare sessions of a window."""

    total: int
    sessions: list[RareSession]
    """By score, descending, then by time, sensor and session id."""


@dataclass(slots=True)
class _Profile:
    """A profile of the window that may be rare."""

    campaign: str | None
    refs: list[int]
    words: Mapping[int, int]
    """Of each form, by its token."""
    traits: set[Trait]
    rare: list[tuple[int, Trait]]
    """Bits, and of what; the rarest first."""
    bits: int = 0


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What is rare in a window."""

    rare: Mapping[Trait, int]
    is_first: bool
    """No day came before the window."""
    found: list[tuple[int, Row[Any], _Profile]]
    """Score, first session and profile, the best first."""


def longtail(connection: Connection, window: Window, most: int | None = None) -> LongTail:
    """The sessions of a window that are rare in what they did; `most` of them, if given."""
    ranked = _ranked(connection, window)
    return LongTail(len(ranked.found), _told(connection, ranked, range(len(ranked.found))[:most]))


def longtails(connection: Connection, window: Window, most: int) -> dict[int, LongTail]:
    """The same of all sensors (0), and of each (`sensors.id`) that has the first session of those that did the same."""
    ranked = _ranked(connection, window)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, (_, row, _) in enumerate(ranked.found):
        places[ALL_SENSORS].append(place)
        places[row.sensor_id].append(place)
    shown = sorted({place for some in places.values() for place in some[:most]})
    told = dict(zip(shown, _told(connection, ranked, shown), strict=True))
    return {sensor: LongTail(len(some), [told[place] for place in some[:most]]) for sensor, some in places.items()}


def _ranked(connection: Connection, window: Window) -> _Ranked:
    binds = {**window.binds, "many": FEW + 1}
    before = connection.execute(statement("rare/sessions_before"), binds).one()
    is_first = before.first_day is None or before.first_day >= binds["start_day"]
    rare = _rare_traits(connection, binds)
    profiles = _profiles(connection, binds, rare, before.sessions) if rare else []
    rows = _rows(connection, profiles, binds)
    found = []
    for profile in profiles:
        first = min((rows[ref] for ref in profile.refs), key=_place)
        found.append((profile.bits + (0 if is_first else _bits_of_new(first)), first, profile))
    found.sort(key=lambda each: (-each[0], _place(each[1])))
    return _Ranked(rare, is_first, found)


def _told(connection: Connection, ranked: _Ranked, places: Iterable[int]) -> list[RareSession]:
    shown = [ranked.found[place] for place in places]
    told = _texts(connection, [(row.session_ref, profile) for _, row, profile in shown])
    return [
        RareSession(
            _named(row),
            score,
            _reasons(row, profile, ranked.rare, is_first=ranked.is_first),
            len(profile.refs),
            profile.campaign,
            len(profile.rare),
            _shown(profile, ranked.rare, told),
        )
        for score, row, profile in shown
    ]


def document_of(found: LongTail, window: Window) -> dict[str, Any]:
    """What is told, as a JSON document."""
    return {**window.document, **asdict(found)}


def _place(row: Row[Any]) -> tuple[int, str, str]:
    return row.first_event_at, decode_text(row.sensor), decode_text(row.session_id)


def _named(row: Row[Any]) -> SessionName:
    began_at, sensor, session_id = _place(row)
    return SessionName(sensor, session_id, iso_us(began_at), decode_text(row.src_ip))


def _rare_traits(connection: Connection, binds: Mapping[str, Any]) -> dict[Trait, int]:
    """What few sessions had up to the end of the window, with how many that are."""
    query = statement("rare/traits", connection.dialect.name).bindparams(bindparam("kinds", expanding=True))
    rows = connection.execute(query, {**binds, "kinds": list(map(int, _KINDS))})
    return {(row.kind, row.value): row.sessions for row in rows}


def _profiles(
    connection: Connection, binds: Mapping[str, Any], rare: Mapping[Trait, int], sessions: int
) -> list[_Profile]:
    """The profiles of the window that are rare enough."""
    found: dict[int, _Profile] = {}
    for row in connection.execute(statement("rare/candidates", connection.dialect.name), binds):
        if row.profile in found:
            found[row.profile].refs.append(row.session_ref)
            continue
        forms = unpacked(bytes(row.forms or b""))
        traits = traits_of(forms, ()) & rare.keys()
        found[row.profile] = _Profile(row.campaign, [row.session_ref], tokens_of(forms), traits, [])
    marks = statement("rare/marks").bindparams(
        bindparam("profiles", expanding=True), bindparam("kinds", expanding=True)
    )
    for some in chunks(sorted(found)):
        kinds = list(map(int, _KINDS[1:]))
        for profile, *mark in connection.execute(marks, {"profiles": list(some), "kinds": kinds}):
            if tuple(mark) in rare:
                found[profile].traits.add((mark[0], mark[1]))
    for profile in found.values():
        weighed = [(_bits(trait, rare[trait], profile.words, sessions), trait) for trait in profile.traits]
        profile.rare = sorted(weighed, key=lambda each: (-each[0], each[1]))
        profile.bits = sum(bits for bits, _ in profile.rare[:_MOST_TRAITS])
    return [profile for profile in found.values() if profile.bits >= LEAST_SCORE]


def _bits(trait: Trait, had: int, words: Mapping[int, int], sessions: int) -> int:
    """What a trait says, in whole bits: the logarithm of one in so many sessions, and no more than it can."""
    most = _MOST_BITS_A_MARK if trait[0] != FORM else _MOST_BITS_A_WORD * words[trait[1]]
    return min(most, max(0, (sessions // had).bit_length() - 1))


def _rows(connection: Connection, profiles: Iterable[_Profile], binds: Mapping[str, Any]) -> dict[int, Row[Any]]:
    query = statement("rare/sessions").bindparams(bindparam("sessions", expanding=True))
    refs = sorted(ref for profile in profiles for ref in profile.refs)
    return {
        row.session_ref: row
        for some in chunks(refs)
        for row in connection.execute(query, {**binds, "sessions": list(some)})
    }


def _bits_of_new(row: Row[Any]) -> int:
    new = _FOR_TECHNIQUE * row.new_techniques + _FOR_CLIENT * row.new_hassh + _FOR_PASSWORD * row.new_password
    return int(new)


def _texts(connection: Connection, sessions: Sequence[tuple[int, _Profile]]) -> dict[Trait, str]:
    """What the rare traits of some sessions read as; of several forms with one token the least."""
    query = statement("rare/forms_of_sessions").bindparams(bindparam("sessions", expanding=True))
    found: dict[Trait, str] = {}
    for some in chunks([ref for ref, _ in sessions]):
        for row in connection.execute(query, {"sessions": list(some)}):
            trait, form = (FORM, row.token), decode_text(row.form)
            found[trait] = min(found.get(trait, form), form)
    of_value = defaultdict(list)
    for _, profile in sessions:
        for _, trait in profile.rare:
            if trait[0] != FORM:
                of_value[trait[1]].append(trait)
    for values in chunks(sorted(of_value)):
        read = select(texts.c.id, texts.c.text).where(texts.c.id.in_(values))
        for number, text in connection.execute(read):
            found |= dict.fromkeys(of_value[number], decode_text(text))
    return found


def _shown(profile: _Profile, rare: Mapping[Trait, int], told: Mapping[Trait, str]) -> list[RareTrait]:
    """The rarest traits; of those that say as much, by kind and text: no id decides."""
    found = sorted((-bits, _kind(trait), told[trait], rare[trait]) for bits, trait in profile.rare if trait in told)
    return [RareTrait(kind, text, had) for _, kind, text, had in found[:_SHOWN_TRAITS]]


def _kind(trait: Trait) -> str:
    return "command" if trait[0] == FORM else MarkKind(trait[0]).name.lower()


def _reasons(row: Row[Any], profile: _Profile, rare: Mapping[Trait, int], *, is_first: bool) -> list[str]:
    """What the score is made of, in words."""
    counts = Counter((rare[trait], _kind(trait)) for _, trait in profile.rare)
    said = []
    for (had, kind), number in sorted(counts.items()):
        others = counted(had - 1, "other session") if had > 1 else "no other session"
        said.append(f"{counted(number, kind.replace('_', ' '))} of {others}")
    if is_first:
        return said
    if row.new_techniques:
        said.append(f"{counted(row.new_techniques, 'technique')} never seen before")
    if row.new_hassh:
        said.append("a client (HASSH) never seen before")
    if row.new_password:
        said.append("let in by a password never seen before")
    return said
