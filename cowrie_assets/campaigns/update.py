"""Bringing campaigns up to date: the days that changed are profiled, then all that is distinct is put together anew.

Membership is a pure function of the profiles, so it is the same whatever came first; what is stored is corrected to it.
Each day is a transaction of its own, and so is the rest: a run that was stopped goes on where it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, delete, func, insert, select, update

from cowrie_assets import clock
from cowrie_assets.activity import stage
from cowrie_assets.amounts import counted
from cowrie_assets.campaigns.artefacts import Readings, read_contents
from cowrie_assets.campaigns.behaviours import Buckets, behaviours
from cowrie_assets.campaigns.day_versions import renew_of_profiles
from cowrie_assets.campaigns.families import families
from cowrie_assets.campaigns.marks import JOINING, OWNED, Mark, MarkKind, joins_by_host
from cowrie_assets.campaigns.membership import Profile, members
from cowrie_assets.campaigns.names import Distinctive, distinctive, name_of
from cowrie_assets.campaigns.profiles import days_to_profile, forget_days, profile_day, remove_unused, stored_sequences
from cowrie_assets.campaigns.sequences import tokens_of
from cowrie_assets.errors import UserError
from cowrie_assets.garbage_collection import no_garbage_collection
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    campaign_changes,
    campaign_facts,
    campaign_inputs,
    downloaded_contents,
    profiles,
    texts,
)
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.tuples import tuples
from cowrie_assets.warehouse.write_scope import ROWS, of_name

CAMPAIGNS_VERSION = 2
"""Raised where the same profiles belong together, are named or are counted otherwise."""
_ALONE = ROWS | of_name("campaigns")
"""One process at a time writes profiles and campaigns."""
_HOSTS = (MarkKind.HOST, MarkKind.ENDPOINT)
_ID_BYTES = 6
_LOOK_UP = 6
"""To look a session up takes so many times as long as to read it among all."""


class LostRowError(UserError):
    """A row that a campaign is put together from, or named after, is not there."""

    def __init__(self, of_what: str) -> None:
        super().__init__(f"{of_what} has lost its row: run `cowrie-assets validate --repair` first")


@dataclass(slots=True)
class Updated:
    """What an update did."""

    days: int = 0
    """That were profiled."""
    rows: int = 0
    """Sessions whose profile changed."""
    campaigns: int = 0
    """That there are."""
    sessions: int = 0
    """That belong to one."""
    changed: int = 0
    """That are new, or whose sessions changed."""
    changes: Counter[str] = field(default_factory=Counter)
    """Campaigns that were merged, split, renamed or dissolved."""

    @property
    def sentence(self) -> str:
        """What it did, in one line."""
        became = "".join(f", {counted(number, 'campaign')} {kind}" for kind, number in sorted(self.changes.items()))
        return (
            f"{counted(self.days, 'day')} profiled, {counted(self.rows, 'session')} changed: "
            f"{counted(self.campaigns, 'campaign')}, {self.changed:,} of them changed{became}"
        )


def update_campaigns(
    warehouse: Warehouse, *, anew: bool = False, progress: ProgressSink = silent, now_us: int | None = None
) -> Updated:
    """Bring profiles and campaigns up to date with the summaries; or look at every day and campaign `anew`, whatever is
    stored. `now_us`: microseconds since 1970-01-01 UTC."""
    done = Updated()
    with stage("campaigns", database=warehouse) as run:
        tell = run.telling(progress)
        if anew:
            warehouse.run(_forget, _ALONE)
        with warehouse.read() as connection:
            days = days_to_profile(connection)
        readings = Readings()
        for place, (day, mark) in enumerate(days.items()):
            tell(Progress("profile sessions", place, len(days), "days", str(clock.day_of_number(day))))
            with no_garbage_collection():
                done.rows += warehouse.run(partial(profile_day, day=day, mark=mark, readings=readings), _ALONE)
            done.days += 1
        tell(Progress("profile sessions", len(days), len(days), "days"))
        now = clock.now_us() if now_us is None else now_us
        with no_garbage_collection():
            warehouse.run(lambda connection: _put_together(connection, done, now), _ALONE)
        run.note(days=done.days, campaigns=done.campaigns, campaigns_changed=done.changed)
    return done


def are_current(connection: Connection) -> bool:
    """Whether no day changed since campaigns were brought up to date."""
    return not days_to_profile(connection)


def _put_together(connection: Connection, done: Updated, now: int) -> None:
    """Correct what is stored of campaigns to what follows from all profiles, where these are others than before."""
    done.changes = Counter()
    examined = read_contents(connection)
    made_from = _made_from(connection)
    if made_from == connection.execute(select(campaign_inputs.c.made_from)).scalar():
        _count(connection, done)
        return
    remove_unused(connection)
    found = put_together(connection)
    stored, campaigns = found.stored, found.campaigns
    _note_changes(connection, stored, campaigns, done, now)
    moved = _give_profiles(connection, stored, campaigns)
    done.changed, others = _store_figures(connection, found)
    named_otherwise = (number for campaign in others for number in campaigns[campaign])
    renew_of_profiles(connection, {*moved, *named_otherwise, *_profiles_with(connection, examined)})
    connection.execute(delete(campaign_inputs))
    connection.execute(insert(campaign_inputs), {"made_from": made_from})
    _count(connection, done)


def _forget(connection: Connection) -> None:
    """Have all days be profiled, and all campaigns put together, anew."""
    forget_days(connection)
    connection.execute(delete(campaign_inputs))


def _made_from(connection: Connection) -> bytes:
    """What campaigns follow from: the sessions that were profiled, by their days, the files that were examined, and the
    rules. Where it is the same, they are."""
    days, contents = (tuples(connection, statement(name)) for name in ("campaigns/days", "campaigns/contents"))
    return blake2b(f"{CAMPAIGNS_VERSION} {days} {contents}".encode(), digest_size=16).digest()


def _count(connection: Connection, done: Updated) -> None:
    done.campaigns, sessions = connection.execute(select(func.count(), func.sum(campaign_facts.c.sessions))).one()
    done.sessions = int(sessions or 0)


@dataclass(frozen=True, slots=True)
class Together:
    """Which profiles belong together, and after what the campaigns are called."""

    stored: "_Stored"
    campaigns: Mapping[str, Sequence[int]]
    """The profiles of each, in order."""
    oldest: Mapping[str, int]
    """The oldest session of each (`session_keys.id`)."""
    names: Mapping[str, Distinctive]

    def figures(self, connection: Connection, campaigns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The rows of `campaign_facts` of some campaigns, by the profiles as they are stored."""
        sessions = sum(self.stored.profiles[number].sessions for each in campaigns for number in self.campaigns[each])
        are_many = sessions * _LOOK_UP >= sum(profile.sessions for profile in self.stored.profiles.values())
        for row in figures_of(connection, campaigns, are_many=are_many):
            campaign = row["campaign"]
            yield {
                **row,
                "name": encode_text(name_of(connection, self.names[campaign])),
                "oldest_ref": self.oldest[campaign],
                "distinctive": int(self.names[campaign].own),
                "made_from": self.made_from(campaign),
            }

    def made_from(self, campaign: str) -> bytes:
        """What the figures of a campaign follow from: what it is called after, and its profiles. Where sessions of one
        are others, the day that was profiled said so (`profiles.profile_day`)."""
        of_what = f"{CAMPAIGNS_VERSION} {self.names[campaign]} {self.campaigns[campaign]}"
        return blake2b(of_what.encode(), digest_size=16).digest()


def figures_of(connection: Connection, campaigns: Sequence[str], *, are_many: bool) -> Iterator[RowMapping]:
    """What is counted of some campaigns. Their sessions are looked up; where they are many, all that there are are
    read."""
    if are_many:
        wanted = set(campaigns)
        rows = connection.execute(statement("campaigns/figures_of_all")).mappings().all()
        yield from (row for row in rows if row["campaign"] in wanted)
        return
    figures = statement("campaigns/figures", connection.dialect.name)
    figures = figures.bindparams(bindparam("campaigns", expanding=True))
    for some in chunks(campaigns):
        yield from connection.execute(figures, {"campaigns": list(some)}).mappings().all()


def put_together(connection: Connection) -> Together:
    """What follows from all profiles as they are stored; nothing is written. Raises LostRowError."""
    stored = _Stored(connection)
    kinds = behaviours(stored.sequences, _buckets(connection))
    together = members(stored.profiles, kinds.groups, stored.texts)
    oldest = stored.oldest(together)
    campaigns = {campaign: sorted(numbers) for (campaign, _), numbers in zip(oldest, together, strict=True)}
    telling = {sequence: stored.sequences[sequence] for group in kinds.groups for sequence in group}
    typed = stored.sessions_of_forms()
    names = {
        campaign: distinctive([stored.profiles[number] for number in numbers], telling, kinds, stored.texts, typed)
        for campaign, numbers in campaigns.items()
    }
    return Together(stored, campaigns, dict(oldest), names)


def _profiles_with(connection: Connection, files: Sequence[int]) -> list[int]:
    """The profiles that have one of some files (`texts.id`)."""
    found: list[int] = []
    query = statement("campaigns/profiles_with_files").bindparams(bindparam("files", expanding=True))
    for some in chunks(files):
        found += connection.execute(query, {"files": list(some)}).scalars()
    return found


def _buckets(connection: Connection) -> Buckets:
    found: tuple[list[list[int]], list[list[int]]] = ([], [])
    for wide, members_of_band in tuples(connection, statement("campaigns/buckets")):
        found[wide].append(list(map(int, members_of_band.split(","))))
    return Buckets(*found)


class _Stored:
    """All profiles as they are stored, and what is asked of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.sequences = stored_sequences(connection)
        marks = self._marks()
        self.profiles: dict[int, Profile] = {}
        """Those that a session has."""
        self.campaign_of: dict[int, str | None] = {}
        """The campaign of each profile before."""
        self.began: dict[int, int] = {}
        """When the first session of each profile began."""
        for number, sequence, campaign, sessions, began in tuples(connection, statement("campaigns/profiles")):
            self.profiles[number] = Profile(sequence, marks.get(number, ()), sessions)
            self.campaign_of[number] = campaign
            self.began[number] = began
        if {profile.sequence for profile in self.profiles.values()} - {0} - self.sequences.keys():
            raise LostRowError("what sessions of a campaign typed")

    def sessions_of_forms(self) -> Counter[int]:
        """How many sessions typed each form, by its token."""
        of_sequences: Counter[int] = Counter()
        for profile in self.profiles.values():
            of_sequences[profile.sequence] += profile.sessions
        sessions: Counter[int] = Counter()
        for sequence, count in of_sequences.items():
            for token in tokens_of(self.sequences.get(sequence, ())):
                sessions[token] += count
        return sessions

    def _marks(self) -> dict[int, tuple[Mark, ...]]:
        """The marks of each profile that may join, with those that its files name; a file stands for its family."""
        kinds: BindParameter[int] = bindparam("kinds", expanding=True)
        marks = statement("campaigns/marks").bindparams(kinds)
        joining = tuples(self._connection, marks, {"kinds": list(map(int, JOINING))})
        named: defaultdict[int, list[Mark]] = defaultdict(list)
        in_files = statement("campaigns/marks_of_files").bindparams(kinds)
        for row in self._connection.execute(in_files, {"kinds": list(map(int, OWNED))}):
            named[row.shasum_id].append((row.kind, row.value_id))
        digests = select(downloaded_contents.c.shasum_id, downloaded_contents.c.tlsh)
        family = families(
            {
                row.shasum_id: row.tlsh
                for row in self._connection.execute(digests.where(downloaded_contents.c.tlsh.is_not(None)))
            }
        )
        stand_for = {
            mark: [(mark[0], family.get(mark[1], mark[1])), *named.get(mark[1], ())]
            if mark[0] == MarkKind.FILE
            else [mark]
            for mark in {(kind, value) for _, kind, value in joining}
        }
        self.texts = self._texts({mark for some in stand_for.values() for mark in some})
        usable = {mark: list(filter(self._joins, some)) for mark, some in stand_for.items()}
        found: defaultdict[int, list[Mark]] = defaultdict(list)
        for profile, kind, value in joining:
            found[profile] += usable[kind, value]
        return {profile: tuple(dict.fromkeys(some)) for profile, some in found.items()}

    def _texts(self, marks: set[Mark]) -> dict[Mark, str]:
        stored: dict[int, str] = {}
        for some in chunks(sorted({value for _, value in marks})):
            query = select(texts.c.id, texts.c.text).where(texts.c.id.in_(some))
            stored.update((number, decode_text(text)) for number, text in tuples(self._connection, query))
        if any(value not in stored for _, value in marks):
            raise LostRowError("a text that a campaign rests on")
        return {mark: stored[mark[1]] for mark in marks}

    def _joins(self, mark: Mark) -> bool:
        return mark[0] not in _HOSTS or joins_by_host(self.texts[mark])

    def oldest(self, campaigns: Sequence[Sequence[int]]) -> list[tuple[str, int]]:
        """The oldest session of each campaign, given as its profiles; of several the least by name: the campaign's id,
        the same in every database, and the session's `session_keys.id`. Raises LostRowError."""
        first: list[list[int]] = []
        for numbers in campaigns:
            began = min(map(self.began.__getitem__, numbers))
            first.append([number for number in numbers if self.began[number] == began])
        sessions: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
        query = statement("campaigns/first_sessions").bindparams(bindparam("profiles", expanding=True))
        for some in chunks([number for numbers in first for number in numbers]):
            for number, sensor, session_id, ref in tuples(self._connection, query, {"profiles": list(some)}):
                sessions[number].append((decode_text(sensor), decode_text(session_id), ref))
        oldest: list[tuple[str, int]] = []
        for numbers in first:
            named = [session for number in numbers for session in sessions[number]]
            if not named:
                raise LostRowError("a session of a campaign, or its sensor,")
            sensor, session_id, ref = min(named)
            oldest.append((digest_of(sensor, session_id)[:_ID_BYTES].hex(), ref))
        return oldest


def _note_changes(
    connection: Connection, stored: _Stored, campaigns: Mapping[str, Sequence[int]], done: Updated, now: int
) -> None:
    """Keep what became of the campaigns that were there."""
    after = {number: campaign for campaign, numbers in campaigns.items() for number in numbers}
    went: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, before in stored.campaign_of.items():
        if before is not None and number in stored.profiles:
            went[before][after.get(number, "")] += stored.profiles[number].sessions
    rows = []
    for before, where in sorted(went.items()):
        for became, sessions in sorted(where.items()):
            if became != before:
                kind = _kind(became, len(where) == 1, became in went)
                rows.append(
                    {"changed_at": now, "campaign": before, "became": became, "kind": kind, "sessions": sessions}
                )
                done.changes[kind] += 1
    if rows:
        connection.execute(insert(campaign_changes), rows)


def _kind(became: str, are_all: bool, was_there: bool) -> str:
    if not became:
        return "dissolved"
    if not are_all:
        return "split"
    return "merged" if was_there else "renamed"


def _give_profiles(connection: Connection, stored: _Stored, campaigns: Mapping[str, Sequence[int]]) -> list[int]:
    """Write the campaign of each profile where it is another than before; the profiles where it is."""
    after = {number: campaign for campaign, numbers in campaigns.items() for number in numbers}
    changed: defaultdict[str | None, list[int]] = defaultdict(list)
    for number, before in stored.campaign_of.items():
        if after.get(number) != before:
            changed[after.get(number)].append(number)
    for campaign, numbers in changed.items():
        for some in chunks(numbers):
            connection.execute(update(profiles).where(profiles.c.id.in_(some)).values(campaign=campaign))
    return [number for numbers in changed.values() for number in numbers]


def _store_figures(connection: Connection, found: Together) -> tuple[int, list[str]]:
    """Write the figures of the campaigns whose sessions changed; how many these are, and those of them that are called
    otherwise now, began at another time, or have something of their own or no more."""
    columns = campaign_facts.c
    stored_facts = connection.execute(
        select(columns.campaign, columns.made_from, columns.name, columns.first_seen, columns.distinctive)
    )
    before = {row.campaign: row for row in stored_facts}
    changed = [
        campaign
        for campaign in found.campaigns
        if campaign not in before or bytes(before[campaign].made_from) != found.made_from(campaign)
    ]
    for some in chunks([*changed, *(before.keys() - found.campaigns.keys())]):
        connection.execute(delete(campaign_facts).where(campaign_facts.c.campaign.in_(some)))
    rows = list(found.figures(connection, changed))
    names = [column.name for column in campaign_facts.columns]
    insert_rows(connection, "campaign_facts", names, [[row[name] for name in names] for row in rows])
    others = [
        row["campaign"]
        for row in rows
        if (was := before.get(row["campaign"]))
        and (was.name, was.first_seen, was.distinctive) != (row["name"], row["first_seen"], row["distinctive"])
    ]
    return len(changed), others
