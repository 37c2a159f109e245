"""What can be had of the report folder, and what cannot, by any spelling of its path."""

import os
import socket
from http.client import HTTPResponse
from pathlib import Path

import pytest

from cowrie_assets_tests.serving.conftest import SECRET, Served, serving

DAY = "/daily/2026-08-31"


@pytest.mark.parametrize(
    ("path", "content_type", "content"),
    [
        ("/", "text/html; charset=utf-8", "<h1>index</h1>"),
        ("/index.html", "text/html; charset=utf-8", "<h1>index</h1>"),
        (f"{DAY}/aggregate.html", "text/html; charset=utf-8", "<h1>Grüße</h1>"),
        (f"{DAY}/aggregate.txt", "text/plain; charset=utf-8", "Grüße"),
        (f"{DAY}/aggregate.json", "application/json", '{"a": "Grüße"}'),
        (f"{DAY}/%252E.%252Fx.html", "text/html; charset=utf-8", "hostile name"),
        (f"{DAY}/a%2520b%253Cscript%253E.html?q=1", "text/html; charset=utf-8", "markup in a name"),
    ],
)
def test_reports_can_be_had(served: Served, path: str, content_type: str, content: str) -> None:
    answer, body = served.get(path)
    assert (answer.status, answer.getheader("Content-Type"), body.decode()) == (200, content_type, content)
    _assert_strict(answer)
    head, nothing = served.get(path, "HEAD")
    assert (head.status, head.getheader("Content-Length"), nothing) == (200, str(len(content.encode())), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/monthly/%0d%0aX:y",
        f"{DAY}/missing.html",
        f"{DAY}/.hidden.html",
        f"{DAY}/%2Ehidden.html",
        f"{DAY}/.aggregate.html.0123.tmp",
        f"{DAY}/warehouse.db",
        f"{DAY}/x.svg",
        f"{DAY}/x.js",
        f"{DAY}/noname",
        f"{DAY}/link.html",
        f"{DAY}/kind.html",
        "/folder.html",
        "/folder.html/secret.html",
        "/.git/index.html",
        "/../secret.html",
        "/daily/../../secret.html",
        "/%2e%2e/secret.html",
        "/%2e%2e%2fsecret.html",
        "/daily/..%2f..%2fsecret.html",
        "/%252e%252e%252fsecret.html",
        "/..%5csecret.html",
        "/..\\secret.html",
        "/../reports-of-others/secret.html",
        "/%2e%2e/reports-of-others/secret.html",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "//%2e%2e/secret.html",
        "/daily/....//secret.html",
        "/%c0%ae%c0%ae/secret.html",
        "/..;/secret.html",
        "/index.html%00.txt",
        "/%00",
        "/index.html%0d%0aX: y",
        "/" + "a" * 5000 + ".html",
        "/" + "a/" * 2000 + "x.html",
        "/%ff%fe.html",
        "/con.html",
    ],
)
def test_nothing_else_can(served: Served, path: str) -> None:
    status, headers, body = _raw(served, f"GET {path.replace(' ', '%20')} HTTP/1.1")
    assert status in (400, 404)
    assert SECRET.encode() not in body
    assert b"root:" not in body
    assert b"secret" not in body
    assert status == 400 or b"content-security-policy" in headers.lower()


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        *((path, "/") for path in ("/daily", "/daily/", "/weekly/", "/weekly/2026-W36/")),
        (f"{DAY}/", f"{DAY}/aggregate.html"),
        (DAY, f"{DAY}/aggregate.html"),
    ],
)
def test_a_folder_of_reports_leads_to_a_page(served: Served, path: str, leads_to: str) -> None:
    answer, body = served.get(path)
    assert (answer.status, answer.getheader("Location"), body) == (307, leads_to, b"")
    _assert_strict(answer)
    assert served.get(path, "POST")[0].status == 405


def test_an_absolute_target_means_its_path(served: Served) -> None:
    status, _, body = _raw(served, "GET http://127.0.0.1/../secret.html HTTP/1.1")
    assert status in (400, 404)
    assert SECRET.encode() not in body


def test_a_file_that_its_owner_closed_is_refused_without_a_trace(served: Served) -> None:
    closed = served.folder / "closed.html"
    closed.write_text(SECRET)
    closed.chmod(0)
    answer, body = served.get("/closed.html")
    assert answer.status == (200 if os.geteuid() == 0 else 403)
    assert b"Traceback" not in body
    closed.unlink()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND"])
def test_nothing_can_be_done_but_reading(served: Served, method: str) -> None:
    answer, _ = served.get("/index.html", method)
    assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD")
    _assert_strict(answer)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:3080", "", "[::1"])
def test_a_name_that_was_made_to_mean_this_machine_is_refused(served: Served, host: str) -> None:
    answer, body = served.get("/index.html", Host=host)
    assert answer.status == 400
    assert b"index" not in body
    _assert_strict(answer)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:3080"])
def test_this_machine_is_asked_by_its_names(served: Served, host: str) -> None:
    assert served.get("/index.html", Host=host)[0].status == 200


def test_behind_a_proxy_the_configured_name_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>index</h1>")
    with serving(tmp_path, "https://Reports.example.org:8443/cowrie/") as served:
        assert served.get("/", Host="reports.example.org")[0].status == 200
        assert served.get("/", Host="example.org")[0].status == 400


def test_a_page_that_stands_is_not_sent_again_and_one_written_anew_is(served: Served) -> None:
    page = served.folder / "changing.html"
    page.write_text("first")
    etag = served.get("/changing.html")[0].getheader("ETag") or ""
    unchanged, nothing = served.get("/changing.html", If_None_Match=etag)
    assert (unchanged.status, nothing) == (304, b"")
    _assert_strict(unchanged)
    times = page.stat()
    page.write_text("secon")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert served.get("/changing.html", If_None_Match=etag)[1] == b"secon"
    page.unlink()


def test_a_folder_without_reports_says_how_to_write_one(tmp_path: Path) -> None:
    with serving(tmp_path / "not made yet") as served:
        answer, body = served.get("/")
        assert answer.status == 404
        assert b"No report is written yet" in body
        (tmp_path / "not made yet").mkdir()
        (tmp_path / "not made yet" / "index.html").write_text("now")
        assert served.get("/")[1] == b"now"


def _assert_strict(answer: HTTPResponse) -> None:
    policy = answer.getheader("Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    assert answer.getheader("Cache-Control") == "private, no-cache"
    assert answer.getheader("Server") is None


def _raw(served: Served, request: str) -> tuple[int, bytes, bytes]:
    """Status, headers and body of what the server answers to a request line, sent as it is."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        connection.sendall(f"{request}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    headers, _, body = answer.partition(b"\r\n\r\n")
    return int(headers.split()[1]), headers, body
