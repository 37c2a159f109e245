"""Texts that nothing names any more go; all others stay, whatever is written beside it."""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import BigInteger, select

from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.framing import Whole
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.seal import remove_raw_events, seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import text_collection
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events as raw
from cowrie_assets.warehouse.schema import metadata, text_collections, texts
from cowrie_assets.warehouse.sql import source
from cowrie_assets.warehouse.text_collection import collect_texts
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_lines

DAY = date(2026, 8, 28)
_OF_OTHERS = {"provider_id", "list_id", "sensor_id", "event_type_id", "log_id", "first_event_id", "session_id"}
"""Columns that name something else than a text."""
FAILED = {"eventid": "cowrie.session.file_download.failed", "url": "http://203.0.113.9/gone"}


def stored(warehouse: Warehouse) -> dict[int, str]:
    with warehouse.read() as connection:
        return dict(connection.execute(select(texts.c.id, texts.c.text)).all())


def test_every_column_that_names_texts_is_looked_at() -> None:
    looked_at = [*source("texts/named_by_events").splitlines(), *source("texts/named_by_others").splitlines()]
    naming = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_id") and column.name not in _OF_OTHERS and table.name != "events"
    }
    naming |= {("events", column.name) for column in metadata.tables["events"].columns if column.name.endswith("_id")}
    for table, column in sorted(naming - {("events", name) for name in _OF_OTHERS}):
        assert any(f" {table} AS n " in line and f"u.id = n.{column}" in line for line in looked_at), (table, column)
    assert isinstance(texts.c.id.type, BigInteger)


def test_what_only_events_named_goes_with_them(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [events.line(number) for number in range(12)] + [events.line(3, **FAILED)]
    load_lines(warehouse, tmp_path, *lines)
    ingest(warehouse, Settings(log_root=tmp_path))
    seal(warehouse, DAY, DAY)
    before, views = stored(warehouse), tables.contents(warehouse)
    assert collect_texts(warehouse).texts == 0
    assert (stored(warehouse), tables.contents(warehouse)) == (before, views)
    remove_raw_events(warehouse, DAY)
    found = collect_texts(warehouse)
    gone = set(before.values()) - set(stored(warehouse).values())
    assert FAILED["url"] in gone
    assert (found.texts, found.characters) == (len(gone), sum(map(len, gone)))
    views.pop("raw_events")
    assert {name: tables.contents(warehouse)[name] for name in views} == views
    assert collect_texts(warehouse).texts == 0


def test_who_remembers_a_number_asks_again(warehouse: Warehouse) -> None:
    """A loader that runs on beside a collection: the number of a text may be another's by now."""
    loader, other = (Dictionaries(KNOWN.__contains__) for _ in range(2))
    for _ in range(2):
        with warehouse.write() as connection:
            other.texts.resolve(connection, ["another"])
            loader.forget_collected(connection)
            (number,) = loader.texts.resolve(connection, ["forgotten"])
        assert stored(warehouse)[number] == "forgotten"
        assert collect_texts(warehouse).texts == 2
        other.forget()
    with warehouse.read() as connection:
        assert len(connection.execute(select(text_collections)).all()) == 1


def test_a_load_that_runs_on_names_what_is_there(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two steps of one loader, the second has a text of the first, whose log was put away in between."""
    rows, steps = Resolver.rows, []

    def collected_before(resolver: Resolver, connection: Any, batch: Any) -> Any:
        steps.append(resolver)
        return rows(resolver, connection, batch)

    monkeypatch.setattr(Resolver, "rows", collected_before)
    load_lines(warehouse, tmp_path, events.line(3, **FAILED))
    (resolver,) = {id(each): each for each in steps}.values()
    with warehouse.write() as connection:
        connection.execute(raw.delete())
    assert collect_texts(warehouse).texts > 0
    builder = BatchBuilder(Source("hp-test"), 0)
    text = events.line(5, **FAILED)
    builder.add([Whole(0, 0, 0, text, orjson.loads(text), False)])
    with warehouse.write() as connection:
        ((columns, found),) = rows(resolver, connection, builder.finish(len(text), 1))
    assert stored(warehouse)[found[0][columns.index("url_id")]] == FAILED["url"]


def test_what_is_named_meanwhile_stays(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the removal a load brings an event that names a text, and a day gets one more."""
    load_lines(warehouse, tmp_path, *(events.line(number) for number in range(4)))
    with warehouse.write() as connection:
        Dictionaries(KNOWN.__contains__).texts.resolve(connection, [FAILED["url"], "nobody's"])
    remove = text_collection._remove

    def loaded_before(*arguments: Any) -> Any:
        load_lines(warehouse, tmp_path, events.line(5, **FAILED))
        return remove(*arguments)

    monkeypatch.setattr(text_collection, "_remove", loaded_before)
    assert collect_texts(warehouse).texts == 1
    assert FAILED["url"] in stored(warehouse).values()
    assert "nobody's" not in stored(warehouse).values()
