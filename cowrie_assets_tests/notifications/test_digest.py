"""What a digest says: the numbers of the document, attackers' text made harmless, passwords masked if wanted."""

import json
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.notifications.digest import digest_message
from cowrie_assets.notifications.email import mail_of
from cowrie_assets.notifications.message import Message
from cowrie_assets.notifications.slack import slack_document
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.sections.known import KnownFile
from cowrie_assets_tests.notifications.conftest import MORNING, Written
from cowrie_assets_tests.notifications.messages import HOSTILE, MARKUP

PAGE = Path("/var/lib/cowrie/reports/daily/2026-08-31/aggregate.html")


def digest(document: dict[str, Any], *, masked: bool = False) -> Message:
    return digest_message(document, key="k", at_us=MORNING, page=PAGE, masked=masked)  # type: ignore[arg-type]


@pytest.fixture
def document(written_once: Written) -> dict[str, Any]:
    return written_once.document()


def poisoned(value: Any, poison: str) -> Any:
    """`value` with each text in it replaced that an attacker could have written."""
    if isinstance(value, dict):
        ours = {"report_type", "period", "start", "end", "generated_at", "sensor", "severity", "kind", "by", "name"}
        return {name: each if name in ours else poisoned(each, poison) for name, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, poison) for each in value]
    return poison if isinstance(value, str) else value


def test_the_title_tells_three_numbers(document: dict[str, Any]) -> None:
    document["sessions"]["total"], document["new"]["hashes"]["total"] = 1234, 1
    document["alerts"] = document["alerts"][:0]
    assert digest(document).title == "Cowrie 2026-08-31: 1,234 sessions, 1 new file, 0 alerts"


def test_the_numbers_are_those_of_the_document(document: dict[str, Any]) -> None:
    message = digest(document)
    text = message.text()
    figures = document["changes"]["figures"]
    assert document["changes"]["previous"]["period"] == "2026-08-30"
    assert f"Sessions: {figures['sessions']['value']} ({figures['sessions']['change']:+}" in text
    assert message.payload["figures"] == {name: change["value"] for name, change in figures.items()}
    assert message.payload["changes"] == document["changes"]
    for name, items in (
        ("addresses", document["sources"]["top_ips"]),
        ("credentials", document["credentials"]["top_combinations"]),
        ("commands", document["commands"]["top_commands"]),
    ):
        top = message.payload["top"]
        assert isinstance(top, dict)
        assert [item["count"] for item in top[name]] == [item["count"] for item in items[:5]]
    for item in document["sources"]["top_ips"][:5]:
        assert f"{item['count']:>7,}  {item['value']}" in text
    assert document["interesting"][0]["session_id"] in text
    assert str(PAGE) in text
    assert message.payload["document_id"] == "aggregate:daily:2026-08-31"


def test_sections_that_have_nothing_to_say_are_left_out(document: dict[str, Any]) -> None:
    document["alerts"], document["interesting"] = [], []
    headings = {section.heading for section in digest(document).sections}
    assert headings.isdisjoint({"Alerts", "Interesting sessions"})
    document["alerts"] = [{"kind": "ip_spike", "severity": "medium", "message": MARKUP, "figures": {}}] * 25
    (alerts,) = (section for section in digest(document).sections if section.heading == "Alerts")
    assert alerts.lines[0].startswith("medium: <!channel>")
    assert (len(alerts.lines), alerts.lines[-1]) == (21, "and 5 more")


@pytest.mark.parametrize("poison", HOSTILE)
def test_every_form_of_a_poisoned_document_is_harmless_and_small(document: dict[str, Any], poison: str) -> None:
    message = digest(poisoned(document, poison))
    mail = mail_of(message, "c@example.org", ("a@example.org",)).as_bytes()
    slack = json.dumps(slack_document(message), ensure_ascii=False)
    payload = dump(message.payload)
    assert message.title.isascii()
    assert message.title.isprintable()
    assert "<script" not in message.html()
    for text in (message.text(), message.html(), slack):
        assert not set(text) & set("\x1b\u202e\u2028\x00\r")
        assert "http://" not in text
        assert not any("\ud800" <= char <= "\udfff" for char in text)
    assert "<!" not in slack
    assert "@" not in slack
    assert len(mail) < 60_000
    assert len(slack) < 60_000
    assert len(payload) < 120_000


def test_masked_passwords_are_in_no_form_of_it(document: dict[str, Any]) -> None:
    pairs = [item["value"].partition(":") for item in document["credentials"]["top_combinations"]]
    telling = {password for _, _, password in pairs} - {username for username, _, _ in pairs}
    telling = {password for password in telling if len(password) > 5}
    open_message, masked = digest(document), digest(document, masked=True)
    assert any(password in open_message.text() for password in telling)
    for password in telling:
        assert password not in masked.text()
        assert password not in masked.html()
        assert password.encode() not in dump(masked.payload)


@pytest.mark.parametrize(("kind", "label"), [("monthly", "2026-08"), ("weekly", "2026-W36")])
def test_weeks_and_months_too(written_once: Written, kind: str, label: str) -> None:
    message = digest(written_once.document(kind, label))
    assert message.title.startswith(f"Cowrie {label}: ")


@pytest.mark.parametrize("missing", ["report_type", "period", "changes", "new", "alerts", "credentials", "interesting"])
def test_what_is_no_report_is_refused(document: dict[str, Any], missing: str) -> None:
    del document[missing]
    with pytest.raises(KeyError, match=missing):
        digest(document)
    with pytest.raises((KeyError, TypeError)):
        digest({**document, missing: None})


def test_an_alert_is_never_cut(document: dict[str, Any]) -> None:
    message = "Something is unusual: " + ", ".join(f"class number {number}" for number in range(48)) + "."
    assert 800 < len(message) < 1_000
    document["alerts"] = [{"kind": "ip_spike", "severity": "high", "message": message, "figures": {}}]
    told = digest(document)
    assert "".join(f"high: {message}".split()) in "".join(told.text().split())
    assert told.payload["alerts"][0]["message"] == message  # type: ignore[index]


def test_what_others_know_is_told_of_new_files_and_of_countries(document: dict[str, Any]) -> None:
    shasum = document["new"]["hashes"]["items"][0]["value"]
    known = {**dict.fromkeys(KnownFile.__annotations__), "shasum": shasum, "label": "Mirai\x1b[2J", "malicious_by": []}
    document["enrichments"]["files"]["known"] = [known]
    document["enrichments"]["places"] |= {"addresses": 1, "without_country": 2}
    document["enrichments"]["places"]["countries"] = [{"country": "NL", "sessions": 3, "addresses": 1}]
    text = digest(document).text()
    assert f"{shasum}\n" in text
    assert "Mirai\\x1b[2J" in text
    assert "3  NL Netherlands" in text
    assert "2 addresses without a country." in text


def test_tunnel_targets_names_and_ids_are_told(document: dict[str, Any]) -> None:
    document["tunnels"]["top_targets"] = [{"value": "198.51.100.9:25", "count": 7}]
    names = [{"sensor": "3f2a9c0d1e4b", "by": "9d8c7b6a5f4e", "since": "2026-08-31T03:00:00Z"}]
    document["operations"]["replaced_names"] = names
    text = digest(document).text()
    assert "198.51.100.9:25" in text.replace("[.]", ".")
    assert "Sensor 3f2a9c0d1e4b goes by the name 9d8c7b6a5f4e since 2026-08-31 03:00" in text
