"""Documents on the disk instead of in memory."""

import json

import pytest

from cowrie_assets.reports import kept_documents
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.kept_documents import KeptDocuments
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY


@pytest.mark.parametrize("in_memory", [0, 10_000_000])
def test_they_come_back_as_often_as_they_are_asked_for(warehouse, monkeypatch, in_memory):
    monkeypatch.setattr(kept_documents, "_IN_MEMORY", in_memory)
    Facts(warehouse).store([Session(MONDAY, "hp-1", commands={"w\x00\ud800é": 2}), Session(MONDAY, "hp-2")])
    with warehouse.read() as connection:
        documents = [build_report(connection, DAY, sensor, now_us=LATER) for sensor in (None, "hp-1", "hp-2")]

    with KeptDocuments() as kept:
        for document in documents:
            kept.add(document)
            assert list(kept)[-1] == json.loads(dump(document))
        assert list(kept) == list(kept) == [json.loads(dump(document)) for document in documents]
        assert list(kept.contents()) == [dump(document) for document in documents]
        assert (len(kept), kept.sensors, kept.are_complete) == (3, ["aggregate", "hp-1", "hp-2"], True)


def test_one_that_is_incomplete_makes_all_incomplete(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    with warehouse.read() as connection:
        complete = build_report(connection, DAY, None, now_us=LATER)
    assert KeptDocuments([complete]).are_complete
    assert not KeptDocuments([complete, {**complete, "complete": False}, complete]).are_complete
