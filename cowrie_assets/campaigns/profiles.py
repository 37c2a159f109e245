"""What each session of a day did, as a profile: its sequence of forms and its marks, each distinct one stored once.

A day is profiled where its sessions changed since, or these rules did; rows that are right are not written again. So a
new day costs what is new on it, and whatever is compared later is compared once for each distinct thing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from cowrie_assets.campaigns.artefacts import READING_VERSION, Reading, Readings, forget_readings, read_day
from cowrie_assets.campaigns.day_versions import keys_on, note_profiled, renew_next, sessions_of_day
from cowrie_assets.campaigns.likeness import BANDS, LIKENESS_VERSION, bands
from cowrie_assets.campaigns.marks import LEAST_PASSWORD, Mark, MarkKind, credential, is_rare_password
from cowrie_assets.campaigns.sequences import Forms, packed, sequence_of, unpacked
from cowrie_assets.campaigns.traits import store_traits
from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries, Dictionary, digest_of
from cowrie_assets.warehouse.schema import (
    profile_marks,
    profiled_days,
    profiles,
    sequence_bands,
    sequences,
    session_profiles,
)
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.tuples import tuples
from cowrie_assets.warehouse.upsert import upsert

PROFILE_VERSION = 3
"""Raised where the same session has another profile: all days are profiled anew."""
MOST_MARKS = 100
"""Of a session, the least by kind and value: one that fetches from thousands of places tells no more."""
_LONGEST_PASSWORD = 128
PROFILE_RULES = f"{PROFILE_VERSION} {READING_VERSION} {LIKENESS_VERSION}"
"""By what days are profiled."""

Did = tuple[Forms, tuple[Mark, ...]]


def days_to_profile(connection: Connection) -> dict[int, bytes]:
    """The days (`clock.day_number`) whose sessions changed since they were profiled, each with the mark of today."""
    found: dict[int, bytes] = {}
    for row in connection.execute(statement("campaigns/days_to_profile")):
        mark = digest_of(PROFILE_RULES, str(row.version))
        if row.mark is None or bytes(row.mark) != mark:
            found[row.session_day] = mark
    return found


def profile_day(connection: Connection, day: int, mark: bytes, readings: Readings) -> int:
    """Give the sessions of a day their profiles; the number of sessions that changed. Needs a write transaction that is
    alone with the campaigns."""
    versions, keys_before = sessions_of_day(connection, day), keys_on(connection, day)
    did = _done_on(connection, day, read_day(connection, day), readings)
    store_traits(connection, day, Counter(did.values()))
    numbers = _Numbers(connection).of(did)
    sessions = connection.execute(statement("campaigns/sessions_of_day"), {"day": day})
    begins: dict[int, int] = {row.session_ref: row.first_event_at for row in sessions}
    rows = {ref: (number, begins[ref]) for ref, number in numbers.items() if ref in begins}
    stretch = {"start": day * US_PER_DAY, "end": (day + 1) * US_PER_DAY}
    stored = {
        row.session_ref: (row.profile, row.first_event_at)
        for row in connection.execute(
            statement("campaigns/profiled_sessions", connection.dialect.name), {"day": day, **stretch}
        )
    }
    gone = [ref for ref, row in stored.items() if rows.get(ref) != row]
    changed = [(ref, *row) for ref, row in rows.items() if stored.get(ref) != row]
    mark_changed = statement("campaigns/mark_changed", connection.dialect.name)
    connection.execute(mark_changed, {**stretch, "unknown": b""})
    for some in chunks(gone):
        connection.execute(delete(session_profiles).where(session_profiles.c.session_ref.in_(some)))
    if changed:
        insert_rows(connection, "session_profiles", ("session_ref", "profile", "first_event_at"), changed)
        connection.execute(mark_changed, {**stretch, "unknown": b""})
    upsert(connection, profiled_days, {"session_day": day}, {"mark": mark})
    note_profiled(connection, day, versions)
    renew_next(connection, day, keys_before ^ keys_on(connection, day))
    return len({*gone, *(ref for ref, _, _ in changed)})


def forget_days(connection: Connection) -> None:
    """Have all days be profiled anew, and what they name be read anew; spoiled sequences and profiles, and what was
    left of lost rows, go."""
    connection.execute(delete(profiled_days))
    forget_readings(connection)
    for some in chunks(spoiled_profiles(connection)):
        connection.execute(delete(profiles).where(profiles.c.id.in_(some)))
    for some in chunks(spoiled_sequences(connection)):
        connection.execute(delete(sequences).where(sequences.c.id.in_(some)))
    for left in ("remove_facts", "remove_marks", "remove_bands"):
        connection.execute(statement(f"campaigns/{left}"))


def spoiled_profiles(connection: Connection) -> list[int]:
    """The profiles (`profiles.id`) that are not what their digests were taken of: they lost a mark, or have another."""
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    of_profiles = select(profile_marks.c.profile, profile_marks.c.kind, profile_marks.c.value_id)
    for profile, kind, value in tuples(connection, of_profiles):
        marks[profile].append((kind, value))
    stored = tuples(connection, select(profiles.c.id, profiles.c.sequence, profiles.c.digest))
    return [
        number
        for number, sequence, digest in stored
        if bytes(digest) != _digest_of_profile((sequence, tuple(sorted(marks.get(number, ())))))
    ]


def spoiled_sequences(connection: Connection) -> list[int]:
    """The sequences (`sequences.id`) that are not what their digests were taken of, or lost a band."""
    stored = tuples(connection, select(sequences.c.id, sequences.c.forms, sequences.c.digest))
    spoiled = {number for number, forms, digest in stored if bytes(digest) != _digest_of_sequence(bytes(forms))}
    unbanded = connection.execute(statement("campaigns/unbanded_sequences"), {"bands": BANDS}).scalars()
    return sorted(spoiled.union(unbanded))


def remove_unused(connection: Connection) -> None:
    """Remove the profiles and sequences that no session has any more."""
    if connection.execute(statement("campaigns/remove_profiles")).rowcount:
        connection.execute(statement("campaigns/remove_marks"))
        if connection.execute(statement("campaigns/remove_sequences")).rowcount:
            connection.execute(statement("campaigns/remove_bands"))


def stored_sequences(connection: Connection) -> dict[int, Forms]:
    """Every sequence, by its number."""
    return {number: unpacked(forms) for number, forms in tuples(connection, select(sequences.c.id, sequences.c.forms))}


def _done_on(connection: Connection, day: int, read_now: Mapping[int, Reading], readings: Readings) -> dict[int, Did]:
    """What the sessions of a day did, of those that did anything. `read_now`: what commands and urls are read as that
    were not read before."""
    dialect, binds = connection.dialect.name, {"day": day}
    rows = tuples(connection, statement("campaigns/typed_on_day", dialect), binds)
    files = tuples(connection, statement("campaigns/files_of_day", dialect), binds)
    sources = {row[1] for row in rows} | {row[3] for row in files} - {None}
    read_as = readings.of(connection, sources, read_now)
    typed: dict[int, Forms] = {}
    known: dict[tuple[tuple[int, int, int], ...], Forms] = {}
    marks: defaultdict[int, set[Mark]] = defaultdict(set)
    of_sessions: defaultdict[int, list[tuple[int, int, Reading, int]]] = defaultdict(list)
    for ref, command, times, first, last in rows:
        of_sessions[ref].append((first, last, read_as[command], times))
    for ref, some in of_sessions.items():
        some.sort(key=_in_order)
        forms = tuple((reading.token, times, reading.words) for _, _, reading, times in some)
        typed[ref] = known.get(forms) or known.setdefault(forms, sequence_of(forms))
        for _, _, reading, _ in some:
            if reading.marks:
                marks[ref].update(reading.marks)
    for ref, shasum_id, shasum, url_id in files:
        if not is_trivial(shasum):
            marks[ref].add((int(MarkKind.FILE), shasum_id))
        if url_id in read_as and read_as[url_id].marks:
            marks[ref].update(read_as[url_id].marks)
    for ref, value_id in _credentials(connection, day):
        marks[ref].add((int(MarkKind.CREDENTIAL), value_id))
    return {
        ref: (typed.get(ref, ()), tuple(sorted(marks.get(ref, ()))[:MOST_MARKS])) for ref in typed.keys() | marks.keys()
    }


def _in_order(typed: tuple[int, int, Reading, int]) -> tuple[int, ...]:
    """By which a session's commands are put in order: when each came first, then last."""
    first, last, reading, times = typed
    return (first, last, reading.token, reading.words, times)


def _credentials(connection: Connection, day: int) -> Iterable[tuple[int, int]]:
    """Sessions that a rare credential let in, and its `texts.id`."""
    binds = {"day": day, "least": LEAST_PASSWORD, "most": _LONGEST_PASSWORD}
    found: dict[int, str] = {}
    for row in connection.execute(statement("campaigns/credentials_of_day", connection.dialect.name), binds):
        password = decode_text(row.password)
        if is_rare_password(password):
            found[row.session_ref] = credential(decode_text(row.username), password, decode_text(row.hassh))
    numbers = Dictionaries(KNOWN.__contains__).texts.resolve(connection, list(found.values()))
    return zip(found, numbers, strict=True)


class _Numbers:
    """The dictionaries of sequences and profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, did: Mapping[int, Did]) -> dict[int, int]:
        """The number of each session's profile; what is not stored yet is put in."""
        distinct = list(dict.fromkeys(did.values()))
        stored = [packed(forms) for forms, _ in distinct]
        typed = list(dict.fromkeys(each for each in stored if each))
        by_forms = dict(zip(typed, _sequence_dictionary().resolve(self._connection, typed), strict=True))
        keys = [(by_forms.get(forms, 0), marks) for forms, (_, marks) in zip(stored, distinct, strict=True)]
        numbers = dict(zip(distinct, _profile_dictionary().resolve(self._connection, keys), strict=True))
        return {ref: numbers[each] for ref, each in did.items()}


class _Sequences(Dictionary[bytes]):
    """Sequences as they are stored; a new one gets its bands."""

    def _add(self, connection: Connection, missing: dict[bytes, bytes]) -> dict[bytes, int]:
        numbers = super()._add(connection, missing)
        keys = bands([unpacked(forms) for forms in numbers])
        rows = [(band, number) for number, some in zip(numbers.values(), keys, strict=True) for band in some]
        for some in chunks(rows):  # what a sequence of the number left that was lost
            bands_of_lost, lost = map(set, zip(*some, strict=True))
            connection.execute(
                delete(sequence_bands).where(
                    sequence_bands.c.band.in_(bands_of_lost), sequence_bands.c.sequence.in_(lost)
                )
            )
        insert_rows(connection, "sequence_bands", ("band", "sequence"), rows)
        return numbers


class _Profiles(Dictionary[tuple[int, tuple[Mark, ...]]]):
    """Profiles, as the number of a sequence and marks; a new one gets its marks."""

    def _add(self, connection: Connection, missing: dict[bytes, Any]) -> dict[Any, int]:
        numbers = super()._add(connection, missing)
        for some in chunks(list(numbers.values())):  # what a profile of the number left that was lost
            connection.execute(delete(profile_marks).where(profile_marks.c.profile.in_(some)))
        rows = [(number, *mark) for (_, marks), number in numbers.items() for mark in marks]
        insert_rows(connection, "profile_marks", ("profile", "kind", "value_id"), rows)
        return numbers


def _sequence_dictionary() -> Dictionary[bytes]:
    return _Sequences(
        sequences,
        "digest",
        ("forms",),
        _digest_of_sequence,
        lambda forms: (forms,),
    )


def _profile_dictionary() -> Dictionary[tuple[int, tuple[Mark, ...]]]:
    return _Profiles(
        profiles,
        "digest",
        ("sequence",),
        _digest_of_profile,
        lambda key: (key[0],),
    )


def _digest_of_sequence(forms: bytes) -> bytes:
    """Other bands: another sequence."""
    return digest_of(LIKENESS_VERSION, forms.hex())


def _digest_of_profile(key: tuple[int, tuple[Mark, ...]]) -> bytes:
    """Of the number of a sequence, and of marks in their order."""
    return digest_of(str(key[0]), repr(key[1]))
