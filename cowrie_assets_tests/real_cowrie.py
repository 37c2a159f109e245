"""A real Cowrie in a network of its own, where it and its attackers have public addresses and nothing leads out.

Cowrie comes from PyPI into an environment below the system's folder for temporary files, which is kept for the next
run: never into the project's own. It runs as `nobody`, for it refuses to run as root, and writes its logs by its own
rules: one file a day, renamed on the first write behind midnight. Its clock can be set, so that no test waits for one.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

VERSION = "3.1.4"
ADDRESS = "198.51.100.10"
SSH_PORT, TELNET_PORT = 2222, 2223
ACCOUNTS = {"root": "hunter2", "pi": "raspberry"}
"""Who gets in, with which password."""

_PROGRAMS = ("unshare", "nsenter", "ip", "ssh", "sftp", "scp")
_PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3", os.path.realpath(sys.executable))
_CLOCK = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
_READY = "Ready to accept Telnet connections"
"""What Cowrie writes last when it starts. A look at its port would be a session."""


def required() -> None:
    """Skip the test where this machine lacks what a real Cowrie takes, and say what."""
    lack = _missing()
    if lack is not None:
        pytest.skip(lack)


@cache
def _missing() -> str | None:
    """What is lacking, as a sentence; None if nothing."""
    if os.geteuid() != 0:
        return "a real Cowrie gets a network of its own, which takes root"
    lacking = [program for program in _PROGRAMS if shutil.which(program) is None]
    if lacking:
        return f"not on this machine: {', '.join(lacking)} (apt-get install util-linux iproute2 openssh-client)"
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        return "this machine lets nobody make a network namespace: unshare --net fails"
    if _CLOCK is None:
        return "no libfaketime, by which Cowrie's clock is set: apt-get install faketime"
    if _python() is None:
        return f"none of {', '.join(_PYTHONS)} is a Python of 3.11 or later with venv that the user nobody may run"
    return None


@dataclass(frozen=True)
class Network:
    """A network namespace: whatever runs in it reaches its own addresses and nothing else."""

    holder: int
    """The process that keeps it."""

    def inside(self, *command: str, as_nobody: bool = False) -> list[str]:
        """The command that runs `command` in it."""
        user = pwd.getpwnam("nobody")
        switch = ["--setuid", str(user.pw_uid), "--setgid", str(user.pw_gid)] if as_nobody else []
        return ["nsenter", "--target", str(self.holder), "--net", *switch, *command]


@contextmanager
def network(*addresses: str) -> Iterator[Network]:
    """A network with these addresses."""
    setup = 'ip link set lo up; for each; do ip address add "$each/32" dev lo; done; echo ready; exec sleep infinity'
    command = ["unshare", "--net", "sh", "-ec", setup, "sh", *addresses]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"ready\n"
            yield Network(holder.pid)
        finally:
            holder.terminate()


@dataclass(frozen=True)
class Honeypot:
    """A running Cowrie."""

    sensor: str
    logs: Path
    """The folder of `cowrie.json`."""
    folder: Path

    def set_clock(self, moment: datetime) -> None:
        """Let its clock show `moment`, and go on from there."""
        _write_clock(self.folder, moment)

    def last_words(self) -> str:
        """The end of its own log."""
        log = self.folder / "log" / "cowrie.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else (self.folder / "output").read_text()


@contextmanager
def cowrie(inside: Network, folder: Path, log_root: Path, sensor: str, moment: datetime) -> Iterator[Honeypot]:
    """Cowrie as the sensor `sensor`, whose logs go to the folder of that name in `log_root`; its clock shows `moment`.

    `nobody` must be able to walk to both folders. The log is there before Cowrie, as written at `moment`: Cowrie takes
    the day that the log is of from the file's time, which the machine's clock would give.
    """
    honeypot = Honeypot(sensor, log_root / sensor, folder)
    for each in (folder, *(folder / name for name in ("etc", "log", "state", "downloads", "tty")), honeypot.logs):
        each.mkdir(exist_ok=True)
        shutil.chown(each, "nobody", pwd.getpwnam("nobody").pw_gid)
    (folder / "etc" / "cowrie.cfg").write_text(_CONFIGURATION.format(honeypot=honeypot))
    (folder / "etc" / "userdb.txt").write_text("".join(f"{user}:x:{word}\n" for user, word in ACCOUNTS.items()))
    honeypot.set_clock(moment)
    for log in (honeypot.logs / "cowrie.json", folder / "log" / "cowrie.log"):
        log.touch()
        shutil.chown(log, "nobody")
        os.utime(log, (moment.timestamp(), moment.timestamp()))
    environment = {
        "PATH": f"{_environment() / 'bin'}:/usr/bin:/bin",
        "LD_PRELOAD": str(_CLOCK),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
    }
    settings = [f"{name}={value}" for name, value in environment.items()]
    start = ["twistd", "--umask=0022", "--nodaemon", "--pidfile=", "--logger=cowrie.python.logfile.logger", "cowrie"]
    with (folder / "output").open("wb") as output, ExitStack() as ended:
        process = subprocess.Popen(
            inside.inside("env", "-i", *settings, *start, as_nobody=True), cwd=folder, stdout=output, stderr=output
        )
        ended.callback(process.wait, 30)
        ended.callback(process.terminate)
        deadline = time.monotonic() + 60
        while _READY not in honeypot.last_words():
            assert process.poll() is None, honeypot.last_words()
            assert time.monotonic() < deadline, honeypot.last_words()
            time.sleep(0.1)
        yield honeypot


@contextmanager
def web_server(inside: Network, folder: Path) -> Iterator[None]:
    """A web server on port 80 of every address of the network, from which a bot's files come."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "0.0.0.0", "--directory", str(folder), "80"]
    with subprocess.Popen(inside.inside(*command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            assert b"Serving HTTP" in process.stdout.readline()
            yield
        finally:
            process.terminate()


_CONFIGURATION = f"""[honeypot]
sensor_name = {{honeypot.sensor}}
log_path = log
download_path = downloads
ttylog_path = tty
state_path = state
logtype = rotating
auth_class = UserDB
idle_timeout = 7200
interactive_timeout = 7200
authentication_timeout = 7200
[ssh]
enabled = true
listen_endpoints = tcp:{SSH_PORT}:interface=0.0.0.0
sftp_enabled = true
forwarding = true
[telnet]
enabled = true
listen_endpoints = tcp:{TELNET_PORT}:interface=0.0.0.0
[output_jsonlog]
enabled = true
logfile = {{honeypot.logs}}/cowrie.json
"""
"""The time-outs are longer than any step of its clock in a test."""


def event_ids() -> set[str]:
    """Every event id that Cowrie says it writes."""
    question = "import cowrie.core.eventids as known; print(*known.ALL)"
    command = [str(_environment() / "bin" / "python"), "-c", question]
    return set(subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout.split())


def _write_clock(folder: Path, moment: datetime) -> None:
    """Replaced in one step: Cowrie reads it each time it asks for the time."""
    written = folder / "clock.new"
    written.write_text(f"{(moment - datetime.now(UTC)).total_seconds():+.3f}")
    written.replace(folder / "clock")


@cache
def _python() -> str | None:
    """An interpreter that `nobody` may run and that can make an environment; None if there is none."""
    question = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
    return next((each for each in _PYTHONS if Path(each).exists() and _runs_as_nobody([each, "-c", question])), None)


def _runs_as_nobody(command: Sequence[str]) -> bool:
    user = pwd.getpwnam("nobody")
    try:
        subprocess.run(
            command, check=True, user=user.pw_uid, group=user.pw_gid, extra_groups=[], capture_output=True, cwd="/"
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _environment() -> Path:
    """The environment that has Cowrie, made where it is not there yet (a quarter of a minute)."""
    folder = Path(tempfile.gettempdir()) / f"cowrie_assets_cowrie_{VERSION}"
    folder.mkdir(exist_ok=True)
    assert folder.stat().st_uid == os.geteuid(), f"{folder} is another user's: move it away"
    folder.chmod(0o755)
    complete = folder / "complete"
    if not complete.exists():
        python = _python()
        assert python is not None
        for command in (
            [python, "-m", "venv", "--clear", str(folder)],
            [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", f"cowrie=={VERSION}"],
        ):
            subprocess.run(command, check=True, umask=0o022)
        complete.touch()
    return folder
