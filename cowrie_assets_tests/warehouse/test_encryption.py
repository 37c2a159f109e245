"""A real PostgreSQL that speaks TLS alone: it is told a password where its certificate is what the URL asks for."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests.ui.dev import free_port

_PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path())
_USER = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL does not run as root; Debian's package makes the user."""
_PASSWORD = "hidden-word"
_NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
pytestmark = pytest.mark.skipif(
    not (_PROGRAMS / "initdb").exists() or shutil.which("openssl") is None,
    reason="Debian's postgresql (the tests' own is built without OpenSSL) and openssl are not on this machine",
)


@dataclass(frozen=True)
class Server:
    """A server whose certificate is `localhost`'s, signed by the authority of `ca.pem`; `other.pem` is another's."""

    folder: Path
    port: int

    def url(self, host: str = "localhost", **options: str) -> str:
        made = URL.create("postgresql", "postgres", _PASSWORD, host, self.port, "postgres", query=options)
        return made.render_as_string(hide_password=False)

    def authority(self, name: str) -> str:
        return str(self.folder / f"{name}.pem")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="cowrie-encrypted-"))
    data, port = folder / "data", free_port()
    try:
        for name in ("ca", "other"):
            _openssl(folder, f"req -x509 {_NEW_KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem")
        _openssl(folder, f"req {_NEW_KEY} -subj /CN=localhost -keyout server.key -out server.csr")
        (folder / "names").write_text("subjectAltName=DNS:localhost\n")
        signed = "-CA ca.pem -CAkey ca.key -CAcreateserial -extfile names"
        _openssl(folder, f"x509 -req -days 2 -in server.csr {signed} -out server.pem")
        (folder / "password").write_text(_PASSWORD)
        for path in (folder, folder / "server.key", folder / "server.pem", folder / "password"):
            shutil.chown(path, _USER or os.geteuid())
        _postgres(
            "initdb", "--pgdata", str(data), "--username", "postgres", f"--pwfile={folder / 'password'}", "--no-sync"
        )
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": folder / "server.pem",
            "ssl_key_file": folder / "server.key",
            "fsync": "off",
        }
        _postgres("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", _options(settings), "start")
        try:
            yield Server(folder, port)
        finally:
            _postgres("pg_ctl", "-w", "-m", "immediate", "-D", str(data), "stop")
    finally:
        shutil.rmtree(folder)


def test_a_server_that_shows_the_certificate_is_written_to(server: Server) -> None:
    options = {"sslmode": "verify-full", "sslrootcert": server.authority("ca")}
    with Warehouse.open(server.url(**options)) as warehouse, warehouse.read() as connection:
        assert connection.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar_one()
        assert connection.execute(text("SELECT COUNT(*) FROM raw_events")).scalar_one() == 0


@pytest.mark.parametrize(
    ("host", "mode", "authority", "why"),
    [
        ("localhost", "verify-full", "other", "no encrypted connection comes about"),
        ("localhost", "verify-ca", "other", "no encrypted connection comes about"),
        ("127.0.0.1", "verify-full", "ca", "no encrypted connection comes about"),
        ("localhost", "disable", "ca", r"the server's pg_hba\.conf does not let this user in"),
    ],
)
def test_another_server_gets_no_password(server: Server, host: str, mode: str, authority: str, why: str) -> None:
    url = server.url(host, sslmode=mode, sslrootcert=server.authority(authority))
    with pytest.raises(WarehouseError, match=why) as refused:
        Warehouse.connect(url)
    assert _PASSWORD not in str(refused.value)


def test_the_name_is_looked_at_where_it_is_asked_for_alone(server: Server) -> None:
    Warehouse.connect(server.url("127.0.0.1", sslmode="verify-ca", sslrootcert=server.authority("ca"))).close()


def _openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


def _postgres(program: str, *arguments: str) -> None:
    subprocess.run([_PROGRAMS / program, *arguments], check=True, user=_USER, cwd="/", stdout=subprocess.DEVNULL)


def _options(settings: Mapping[str, object]) -> str:
    return " ".join(f"-c {name}='{value}'" for name, value in settings.items())
