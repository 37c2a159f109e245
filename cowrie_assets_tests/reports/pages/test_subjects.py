"""What gets a page: all that reports list, each at its line, and never more than so many."""

import re
from typing import Any

from cowrie_assets.reports.pages.subjects import MOST, PageKind, Subject, listed, mark
from cowrie_assets_tests.reports.render.hostile import HOSTILE
from cowrie_assets_tests.reports.render.sample_document import sample_document, top


def of(kind: PageKind, subjects: Any) -> list[Subject]:
    return [subject for subject in subjects if subject.kind is kind]


def test_each_subject_stands_at_its_first_line_in_each_report():
    document = sample_document()
    found = listed([document, {**document, "sensor": "hp-1"}])
    ip = document["sources"]["top_ips"][0]["value"]
    assert found[Subject(PageKind.ADDRESS, (ip,))] == {
        "aggregate": f"address-{mark(ip)}",
        "hp-1": f"address-{mark(ip)}",
    }
    for session in document["interesting"]:
        key = (session["sensor"], session["session_id"])
        assert found[Subject(PageKind.SESSION, key)]["hp-1"] == f"look-{mark(*key)}"
        assert session["src_ip"] is None or Subject(PageKind.ADDRESS, (session["src_ip"],)) in found
        assert all(Subject(PageKind.FILE, (shasum,)) in found for shasum in session["shasums"])
    hassh = {item["value"] for item in document["clients"]["top_hassh"] + document["new"]["hassh"]["items"]}
    assert {subject.key[0] for subject in of(PageKind.HASSH, found)} == hassh


def test_pages_are_bounded_and_reports_take_turns():
    documents = []
    for sensor in ("aggregate", "hp-1", "hp-2"):
        document = sample_document(sensor=sensor)
        document["sources"]["top_ips"] = top(*((f"{sensor} {number}", 1) for number in range(1000)))  # type: ignore[typeddict-item]
        documents.append(document)
    addresses = [subject.key[0] for subject in of(PageKind.ADDRESS, listed(documents))]
    assert len(addresses) == MOST[PageKind.ADDRESS]
    assert addresses[:4] == ["aggregate 0", "hp-1 0", "hp-2 0", "aggregate 1"]


def test_the_name_of_a_file_holds_nothing_that_was_logged():
    names = [Subject(PageKind.SESSION, (sensor, text)).file_name for sensor in ("a", "b") for text in HOSTILE.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"session-[0-9a-f]{32}\.html", name) for name in names)
    assert Subject(PageKind.SESSION, ("a", "bc")).file_name != Subject(PageKind.SESSION, ("ab", "c")).file_name
    assert re.fullmatch("[0-9a-f]{12}", mark("\ud800\x00"))
