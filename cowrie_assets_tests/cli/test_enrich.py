"""`cowrie-assets enrich` on the sample, against services that are played over loopback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.enrichment.playing import SECRET, SECRET_NAME, Player, Way, played

HTTP_SERVICES = (
    "VIRUSTOTAL",
    "MALWAREBAZAAR",
    "URLHAUS",
    "THREATFOX",
    "DSHIELD",
    "GREYNOISE",
    "ABUSEIPDB",
    "SPUR",
    "HIBP",
)


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """All services of HTTP, switched on."""
    monkeypatch.setenv(SECRET_NAME, SECRET)
    with played() as server:
        for name in HTTP_SERVICES:
            monkeypatch.setenv(f"COWRIE_{name}_URL", server.url)
            monkeypatch.setenv(f"COWRIE_{name}_KEY", f"env:{SECRET_NAME}")
            monkeypatch.setenv(f"COWRIE_{name}_PER_MINUTE", "100000")
        monkeypatch.setenv("COWRIE_HIBP", "on")
        monkeypatch.setenv("COWRIE_DSHIELD_CONTACT", "soc@example.org")
        yield server


def test_nothing_is_asked_that_is_not_configured(ingested: Cowrie) -> None:
    ran = ingested("enrich")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "Error: no service is asked: `cowrie-assets enrich status` says what each of them needs\n"
    status = ingested("enrich", "status")
    assert status.code == 0
    assert status.out.splitlines()[0] == "VirusTotal: off (COWRIE_VIRUSTOTAL_KEY is not set)"
    assert "Team Cymru: off (COWRIE_CYMRU=on switches it on)" in status.out
    assert [each["on"] for each in ingested("enrich", "status", "--format", "json").json["services"]] == [False] * 10
    named = ingested("enrich", "--service", "dshield")
    assert named.err == "Error: DShield is not asked: COWRIE_DSHIELD_CONTACT is not set\n"


@pytest.mark.usefixtures("one_day")
def test_a_run_tells_what_came_of_it(ingested: Cowrie, player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_PER_DAY", "2")
    planned = ingested("enrich", "--service", "virustotal", "--dry-run")
    assert planned.code == 0
    assert planned.out.startswith("virustotal: would be asked about ")
    assert player.calls == []
    ran = ingested("enrich", "--service", "virustotal")
    assert (ran.code, len(player.calls)) == (0, 1)
    assert ran.out.startswith("VirusTotal: 1 answered, 2 skipped; the day's budget is used up until 20")
    assert " wait, done by 20" in ran.out
    virustotal = ingested("enrich", "status", "--format", "json").json["services"][0]
    assert (virustotal["day"]["used"], virustotal["day"]["left"], virustotal["waits_for"]) == (1, 0, "day")
    assert virustotal["backlog"] > 0
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_PER_DAY", "200")
    named = ingested("enrich", "--service", "virustotal", "ab" * 32)
    assert named.code == 0
    assert "trojan.mirai/gafgyt  41 of 63" in named.out
    assert ingested("enrich", "not-a-hash").code == 2
    assert ingested("enrich", "--service", "nobody").code == 2


def test_all_services_on_the_sample(ingested: Cowrie, player: Player) -> None:
    ran = ingested("enrich")
    assert (ran.code, ran.out.count("answered")) == (0, len(HTTP_SERVICES)), ran.err
    assert ingested("validate").code == 0
    made = len(player.calls)
    again = ingested("enrich")
    assert (again.code, len(player.calls)) == (0, made)


@pytest.mark.parametrize(
    "always",
    [
        Way(401, body=f"no key {SECRET}".encode(), headers={"X-Key": SECRET}),
        Way(200, body=json.dumps({"data": {"attributes": {"names": [SECRET]}}, "ip": {"asname": SECRET}}).encode()),
        Way(302, headers={"Location": f"https://example.org/{SECRET}"}),
        Way(500, body=SECRET.encode()),
        Way(200, body=b"<script>alert(1)</script>\x1b[31m" + SECRET.encode()),
    ],
    ids=["refused", "repeated", "redirected", "failed", "no JSON"],
)
def test_no_secret_and_no_text_of_a_service_is_shown(
    ingested: Cowrie, player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, always: Way
) -> None:
    """Not on a screen, in a status, or in any table."""
    monkeypatch.setattr("cowrie_assets.enrichment.working_off.ATTEMPTS", 1)
    player.always = always
    ran = ingested("enrich", "--limit", "1")
    shown = ran.out + ran.err + ingested("enrich", "status").out + ingested("enrich", "status", "--format", "json").out
    shown += ingested("status").out + ingested("doctor").out
    assert SECRET not in shown
    assert "script" not in shown
    assert "\x1b" not in shown
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse, warehouse.read() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert SECRET not in str(rows), table
            assert SECRET.encode() not in b"".join(each for row in rows for each in row if isinstance(each, bytes))


def test_what_a_service_says_is_printed_harmless(ingested: Cowrie, player: Player) -> None:
    label = "mirai\x1b[2J\u202e\r\n<script>alert(1)</script>"
    player.known["ab" * 32] = {"popular_threat_classification": {"suggested_threat_label": label}}
    ran = ingested("enrich", "--service", "virustotal", "ab" * 32)
    assert ran.code == 0
    assert "mirai\\x1b[2J\\u202e\\r\\n<script>" in ran.out
    assert not {"\x1b", "\u202e", "\r"} & set(ran.out)


def test_lists_on_this_machine_are_matched(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "everything.netset"
    file.write_text("# all\n0.0.0.0/1\n128.0.0.0/1\nnonsense\n")
    monkeypatch.setenv("COWRIE_ADDRESS_LISTS", f"everything=scanner:{file}")
    planned = ingested("enrich", "--dry-run")
    assert (planned.code, planned.out) == (0, "lists: would match all addresses\n")
    ran = ingested("enrich")
    assert ran.code == 0
    assert ran.out.startswith("lists: ")
    assert (ingested("enrich").out, ingested("enrich", "--service", "lists").code) == ("", 0)
    assert "lists everything (scanner): 2 entries, 1 line passed over, of 20" in ingested("enrich", "status").out
    (source,) = ingested("enrich", "status", "--format", "json").json["sources"]
    assert (source["name"], source["entries"], source["stale"]) == ("everything", 2, False)
    file.unlink()
    gone = ingested("enrich")
    assert (gone.code, "everything.netset" in gone.err) == (1, True)


def test_a_key_that_is_missing_or_no_reference_is_told_by_name_only(
    ingested: Cowrie, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", "env:NOT_THERE")
    ran = ingested("enrich", "--service", "virustotal")
    assert ran.code == 1
    assert (
        "VirusTotal is not asked: COWRIE_VIRUSTOTAL_KEY: env:NOT_THERE: the environment variable NOT_THERE is not set"
        in ran.err
    )
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", SECRET)
    ran = ingested("enrich", "--service", "virustotal")
    assert ran.code == 1
    assert "COWRIE_VIRUSTOTAL_KEY must be a reference to the secret" in ran.err
    assert SECRET not in ran.err
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", f"env:{SECRET_NAME}")
    monkeypatch.setenv(SECRET_NAME, f"{SECRET}\r\nX-Evil: 1")
    ran = ingested("enrich", "--service", "virustotal")
    assert "cannot stand in a header" in ran.err
    assert SECRET not in ran.err
    assert player.calls == []
