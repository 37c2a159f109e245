"""Every service as a real HTTP server on loopback, and Team Cymru's as a whois socket: they answer in the shapes that
were captured of the services, or fail in any way they are told to; and a clock that tests set.
"""

import json
import re
import socket
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.working_off import Timing
from cowrie_assets_tests.in_thread import InThread

SECRET = "0a1b2c3d4e5f-correct-horse"
SECRET_NAME = "PLAYED_SERVICE_KEY"

SLOW, CUT, SILENT = "slow", "cut", "silent"


@dataclass(frozen=True)
class Way:
    """How one call is answered in place of what the service would say."""

    status: int = 200
    body: bytes | None = None
    """None: what the service would say."""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """The Content-Length that is said; None: the true one."""
    trickle: float = 0.0
    """Seconds between two bytes."""
    hangs_up: bool = False
    """The connection ends before anything is said."""
    never: bool = False
    """Nothing is said until the asker hangs up."""
    before: Callable[[], None] | None = None
    """What is done when the call comes."""


@dataclass(frozen=True)
class Call:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: int
    """By the clock of the test."""

    @property
    def value(self) -> str:
        """What it asks about."""
        return _asked(self.method, self.path, self.body)


class Clock:
    """The time, which goes on only where somebody sleeps or sets it."""

    def __init__(self, now: int) -> None:
        self.us = now
        self.slept: list[float] = []

    def now(self) -> int:
        return self.us

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.us += max(round(seconds * US_PER_SECOND), 1)

    @property
    def timing(self) -> Timing:
        return Timing(self.now, self.sleep)


class Player:
    """A server that plays all services of HTTP. `known` has what they say of a value beyond the captured shape."""

    def __init__(self, clock: Callable[[], int] = lambda: 0) -> None:
        self.ways: list[Way] = []
        """The next calls are answered so, in turn."""
        self.always: Way | None = None
        self.known: dict[str, dict[str, Any]] = {}
        self.unknown: set[str] = set()
        self.speaks_of: str | None = None
        """What every answer is about, whatever is asked: a cache that mixes things up, or a lie."""
        self.calls: list[Call] = []
        player = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                player.calls.append(Call(self.command, self.path, dict(self.headers), body, clock()))
                way = player.ways.pop(0) if player.ways else player.always or Way()
                if way.before:
                    way.before()
                if way.never:
                    self.connection.recv(1)
                    return
                if way.hangs_up:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self._answer(way, body)

            do_POST = do_GET

            def _answer(self, way: Way, asked: bytes) -> None:
                status, body = way.status, way.body
                if body is None:
                    status, document = (way.status, None) if way.status != 200 else player.says(self.path, asked)
                    body = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                for name, value in way.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) if way.length is None else way.length))
                self.end_headers()
                try:
                    for part in [body] if not way.trickle else [body[at : at + 1] for at in range(len(body))]:
                        self.wfile.write(part)
                        self.wfile.flush()
                        time.sleep(way.trickle)
                except OSError:
                    pass  # who asked had enough

            def log_message(self, *_: object) -> None:
                """Not to the test's output."""

        self._server = InThread(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/"

    def close(self) -> None:
        self._server.close()

    def says(self, path: str, asked: bytes) -> tuple[int, Any]:
        """The status and the document of the service that has such paths."""
        value = self.speaks_of or _asked("GET" if not asked else "POST", path, asked)
        for pattern, answer in _ANSWERS.items():
            if re.match(pattern, urlsplit(path).path):
                return answer(value, value not in self.unknown, self.known.get(value, {}))
        return 404, {"error": "no such path"}


class WhoisPlayer:
    """A socket that plays Team Cymru's bulk service."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.way: str | None = None
        """`cut`: the last line of an answer is cut; `silent`: nothing comes behind the first line; None: all of it."""
        self.unknown: set[str] = set()
        player = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                lines = []
                for line in self.rfile:
                    lines.append(line.decode().strip())
                    if lines[-1] == "end":
                        break
                player.asked.append(lines)
                said = "Bulk mode; whois.cymru.com [2026-01-31 12:00:00 +0000]\n" + "".join(
                    player.row(each) for each in lines[2:-1]
                )
                if player.way == SILENT:
                    self.wfile.write(said.encode()[:80])
                    self.rfile.read(1)
                    return
                self.wfile.write(said.encode()[:-10] if player.way == CUT else said.encode())

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self._server = InThread(server)

    @property
    def url(self) -> str:
        return f"whois://127.0.0.1:{self._server.port}"

    def row(self, address: str) -> str:
        if address in self.unknown:
            return f"NA      | {address:<16} | NA | | other | | NA\n"
        return f"23028   | {address:<16} | 216.90.108.0/24     | US | arin     | 1998-09-25 | TEAM-CYMRU, US\n"

    def close(self) -> None:
        self._server.close()


@contextmanager
def played(clock: Callable[[], int] = lambda: 0) -> Iterator[Player]:
    player = Player(clock)
    try:
        yield player
    finally:
        player.close()


def access_to(url: str, name: str, rates: Rates | None = None, contact: str | None = "soc@example.org") -> Access:
    """A service as a test configures it: its key is in the environment variable `SECRET_NAME`."""
    service = SERVICES[name]
    reference = f"env:{SECRET_NAME}" if service.key_header else None
    return Access(service, url, rates or service.rates, reference, contact)


def _asked(method: str, path: str, body: bytes) -> str:
    """The value that a request is about."""
    if method == "POST" and body:
        if body.startswith(b"{"):
            return str(json.loads(body)["search_term"])
        fields = parse_qs(body.decode())
        return next(fields[name][0] for name in ("host", "sha256_hash", "hash") if name in fields)
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    return query["ipAddress"][0] if "ipAddress" in query else unquote(parts.path.rpartition("/")[2])


# --------------------------------------------------------------------------------------------- what the services say


def _virustotal(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if not known:
        return 404, {"error": {"code": "NotFoundError", "message": f'File "{value}" not found'}}
    stats = {"malicious": 41, "suspicious": 0, "undetected": 22, "harmless": 0, "timeout": 1, "failure": 0}
    attributes = {
        "type_description": "ELF",
        "type_tag": "elf",
        "size": 95268,
        "names": ["bins.sh", "x86"],
        "meaningful_name": "x86",
        "first_submission_date": 1_598_000_000,
        "last_analysis_date": 1_767_000_000,
        "last_analysis_stats": stats | {"type-unsupported": 12, "confirmed-timeout": 0},
        "popular_threat_classification": {
            "suggested_threat_label": "trojan.mirai/gafgyt",
            "popular_threat_category": [{"count": 20, "value": "trojan"}],
            "popular_threat_name": [{"count": 17, "value": "mirai"}, {"count": 2, "value": "gafgyt"}],
        },
        "total_votes": {"harmless": 0, "malicious": 3},
        "reputation": -11,
        "tags": ["elf", "64bits"],
    } | more
    return 200, {"data": {"id": value, "type": "file", "links": {}, "attributes": attributes}}


def _dshield(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    found = {
        "number": value,
        "count": "123" if known else None,
        "attacks": 45 if known else "",
        "maxdate": "2026-01-30",
        "mindate": "2025-12-01",
        "updated": "2026-01-31 01:02:03",
        "comment": None,
        "as": 4134,
        "asname": "CHINANET-BACKBONE",
        "ascountry": "CN",
        "network": "1.80.0.0/13",
        "threatfeeds": {"blocklistde22": {"lastseen": "2026-01-30", "firstseen": "2025-11-01"}} if known else None,
    }
    return 200, {"ip": found | more}


def _urlhaus_host(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if not known:
        return 200, {"query_status": "no_results"}
    url = {
        "id": "105821",
        "url": f"http://{value}/bins/x86",
        "url_status": "online",
        "date_added": "2019-01-19 01:33:26 UTC",
        "threat": "malware_download",
        "tags": ["elf", "Mozi"],
    }
    answer = {"query_status": "ok", "host": value, "firstseen": "2019-01-15 07:09:01 UTC", "url_count": "2"}
    return 200, answer | {"urls": [url, url | {"url_status": "offline", "tags": None}]} | more


def _urlhaus_payload(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if not known:
        return 200, {"query_status": "no_results"}
    answer = {
        "query_status": "ok",
        "sha256_hash": value,
        "file_type": "elf",
        "file_size": "95268",
        "signature": "Mirai",
        "firstseen": "2020-01-19 01:33:26",
        "lastseen": None,
        "url_count": "3",
        "virustotal": None,
        "urls": [],
    }
    return 200, answer | more


def _threatfox_or_malwarebazaar(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if len(value) == 64:
        if not known:
            return 200, {"query_status": "hash_not_found"}
        sample = {
            "sha256_hash": value,
            "first_seen": "2020-06-01 12:00:00",
            "file_name": "x86",
            "file_size": 95268,
            "file_type": "elf",
            "signature": "Mirai",
            "origin_country": "US",
            "tags": ["elf", "mirai"],
        }
        return 200, {"query_status": "ok", "data": [sample | more]}
    if not known:
        return 200, {"query_status": "no_result", "data": "Your search did not yield any results"}
    indicator = {
        "ioc": f"{value}:4444",
        "ioc_type": "ip:port",
        "threat_type": "botnet_cc",
        "malware_printable": "Mirai",
        "confidence_level": 75,
        "first_seen": "2021-03-23 08:18:06 UTC",
        "tags": ["botnet"],
    }
    other = indicator | {"ioc": f"1{value}:80", "malware_printable": "Other"}
    return 200, {"query_status": "ok", "data": [other, indicator | more]}


def _greynoise(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if not known:
        return 404, {"ip": value, "noise": False, "riot": False, "message": "IP not observed scanning the internet"}
    answer = {"ip": value, "noise": True, "riot": False, "classification": "malicious", "name": "unknown"}
    return 200, answer | {
        "link": "https://viz.greynoise.io/ip/x",
        "last_seen": "2026-01-30",
        "message": "Success",
    } | more


def _abuseipdb(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    data = {
        "ipAddress": value,
        "isPublic": True,
        "ipVersion": 4,
        "isWhitelisted": None,
        "abuseConfidenceScore": 100 if known else 0,
        "countryCode": "CN",
        "usageType": "Data Center/Web Hosting/Transit",
        "isp": "Tencent Cloud Computing (Beijing) Co. Ltd",
        "domain": "tencent.com",
        "hostnames": [],
        "isTor": False,
        "totalReports": 1 if known else 0,
        "numDistinctUsers": 1 if known else 0,
        "lastReportedAt": "2018-12-20T20:55:14+00:00" if known else None,
    }
    return 200, {"data": data | more}


def _spur(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    if not known:
        return 200, {"ip": value}
    answer = {
        "ip": value,
        "as": {"number": 30083, "organization": "AS-30083-GO-DADDY-COM-LLC"},
        "organization": "GoDaddy.com, LLC",
        "infrastructure": "DATACENTER",
        "client": {"behaviors": ["TOR_PROXY_USER"], "count": 4, "proxies": ["LUMINATI_PROXY"], "types": ["MOBILE"]},
        "location": {"city": "St Louis", "country": "US", "state": "Missouri"},
        "risks": ["WEB_SCRAPING", "TUNNEL"],
        "services": ["IPSEC"],
        "tunnels": [{"anonymous": True, "operator": "NORD_VPN", "type": "VPN"}],
    }
    return 200, answer | more


def _hibp(value: str, known: bool, more: dict[str, Any]) -> tuple[int, Any]:
    lines = [f"{number:035X}:{number}" for number in range(1, 4)] + [f"{'F' * 35}:0"]
    return 200, "\r\n".join([*lines, *more.get("lines", [])]).encode()


_ANSWERS: dict[str, Callable[[str, bool, dict[str, Any]], tuple[int, Any]]] = {
    "/api/v3/files/": _virustotal,
    "/api/ip/": _dshield,
    "/v1/host/": _urlhaus_host,
    "/v1/payload/": _urlhaus_payload,
    "/api/v1/": _threatfox_or_malwarebazaar,
    "/v3/community/": _greynoise,
    "/api/v2/check": _abuseipdb,
    "/v2/context/": _spur,
    "/range/": _hibp,
}
