"""An attacker with real clients (OpenSSH's, and one of our own for telnet) that keeps its own count.

The count is by DATA.md, from what the client did alone: it reads no log and shares no line with the product.
"""

import hashlib
import os
import re
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from cowrie_assets_tests.real_cowrie import ACCOUNTS, ADDRESS, SSH_PORT, TELNET_PORT, Network

_ANSWERED_WITHIN = 60.0
"""Seconds, only so that nothing waits for ever."""
_TELNET = str(Path(__file__).with_name("telnet.py"))
_PROMPT = re.compile(rb"(?:login: |assword: |[#$>] )$")
_ASKPASS = '#!/bin/sh\nhead -n 1 "$PASSWORDS"; sed -i 1d "$PASSWORDS"\n'
"""Gives `ssh` the next password each time it asks."""
_OPTIONS = {
    "Port": SSH_PORT,
    "PreferredAuthentications": "password",
    "NumberOfPasswordPrompts": 3,
    "StrictHostKeyChecking": "no",
    "UserKnownHostsFile": "/dev/null",
    "GlobalKnownHostsFile": "/dev/null",
    "LogLevel": "ERROR",
}


@dataclass(frozen=True)
class Typed:
    """A line that a shell is given."""

    line: str
    runs: tuple[str, ...] = ()
    """What another shell is given by it: Cowrie 3.1 tells that as a command of its own."""
    stored: bytes | None = None
    """The content that it leaves in a file by a redirection or fetches."""
    url: str | None = None
    fails: bool = False
    """Whether it is a download that fails."""


@dataclass
class Done:
    """What a client did in one connection."""

    protocol: str
    address: str
    user: str
    passwords: tuple[str, ...]
    """In the order given. The last one is the account's where the client got in."""
    commands: list[str] = field(default_factory=list)
    downloads: list[tuple[str, str | None]] = field(default_factory=list)
    """SHA-256 and URL; None where a redirection stored it."""
    downloads_failed: int = 0
    uploads: list[str] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    is_closed: bool = True

    @property
    def is_in(self) -> bool:
        return self.passwords[-1] == ACCOUNTS.get(self.user)

    @property
    def failures(self) -> int:
        return len(self.passwords) - self.is_in

    def type(self, typed: Typed) -> None:
        """Count a line."""
        self.commands += [typed.line, *typed.runs]
        self.downloads_failed += typed.fails
        if typed.stored is not None:
            self.downloads.append((sha256(typed.stored), typed.url))


class Attacker:
    """One address that attacks; `done` is its count, in order of its connections."""

    def __init__(self, inside: Network, address: str, folder: Path) -> None:
        self.address = address
        self.done: list[Done] = []
        self._inside = inside
        self._folder = folder
        self._askpass = folder / "askpass"
        self._askpass.write_text(_ASKPASS)
        self._askpass.chmod(0o700)

    def guess(self, user: str, *passwords: str) -> None:
        """Three passwords that are all wrong."""
        self._begin("ssh", user, passwords)
        with self._client("ssh", self.done[-1], ADDRESS, "true") as process:
            process.communicate(timeout=_ANSWERED_WITHIN)
        assert process.returncode == 255

    def run(self, user: str, passwords: Sequence[str], command: str) -> None:
        """A command as an argument of `ssh`."""
        done = self._begin("ssh", user, passwords)
        done.type(Typed(command))
        with self._client("ssh", done, ADDRESS, command) as process:
            process.communicate(timeout=_ANSWERED_WITHIN)
        assert process.returncode == 0

    def upload(self, content: bytes, name: str) -> None:
        """A file by `sftp`, and the same by the protocol of the old `scp`, which runs `scp` on the other side."""
        path = self._folder / name
        path.write_bytes(content)
        done = self._begin("ssh", "root", [ACCOUNTS["root"]])
        done.uploads.append(sha256(content))
        with self._client("sftp", done, ADDRESS) as process:
            process.communicate(f"put {path} /tmp/{name}\n".encode(), timeout=_ANSWERED_WITHIN)
        assert process.returncode == 0
        done = self._begin("ssh", "root", [ACCOUNTS["root"]])
        done.uploads.append(sha256(content))
        done.type(Typed(f"scp -t /tmp/{name}"))
        with self._client("scp", done, "-O", str(path), f"{ADDRESS}:/tmp/{name}") as process:
            process.communicate(timeout=_ANSWERED_WITHIN)
        assert process.returncode == 0

    def forward(self, target: str, sent: bytes) -> None:
        """A connection that the honeypot shall make to `target`, written as `address:port`."""
        done = self._begin("ssh", "root", [ACCOUNTS["root"]])
        done.tunnels.append(target)
        with self._client("ssh", done, "-W", target, ADDRESS) as process:
            process.communicate(sent, timeout=_ANSWERED_WITHIN)

    def shell(self, user: str, lines: Iterable[Typed]) -> None:
        """Lines typed into a terminal, until `exit`."""
        with self.open_shell(user) as shell:
            for typed in lines:
                shell.type(typed)

    @contextmanager
    def open_shell(self, user: str) -> Iterator["Shell"]:
        """A terminal, which is left by `exit`."""
        done = self._begin("ssh", user, [ACCOUNTS[user]])
        with self._client("ssh", done, "-tt", ADDRESS) as process:
            done.is_closed = False
            shell = Shell(process, done)
            yield shell
            shell.leave()
            done.is_closed = True

    def telnet(self, user: str, passwords: Sequence[str], lines: Iterable[Typed]) -> None:
        """The same by telnet."""
        done = self._begin("telnet", user, passwords)
        with self._started([sys.executable, _TELNET, self.address, ADDRESS, str(TELNET_PORT)]) as process:
            shell = Shell(process, done)
            for password in passwords:
                shell.say(user)
                shell.say(password)
            for typed in lines:
                shell.type(typed)
            shell.leave()

    def _begin(self, protocol: str, user: str, passwords: Sequence[str]) -> Done:
        self.done.append(Done(protocol, self.address, user, tuple(passwords)))
        return self.done[-1]

    def _client(self, program: str, done: Done, *arguments: str) -> subprocess.Popen[bytes]:
        """One of OpenSSH's clients."""
        passwords = self._folder / f"passwords_{len(self.done)}"
        passwords.write_text("".join(f"{password}\n" for password in done.passwords))
        options = _OPTIONS | {"User": done.user, "BindAddress": self.address}
        command = [program, "-F", "none", *(f"-o{name}={value}" for name, value in options.items()), *arguments]
        asked = {"SSH_ASKPASS": str(self._askpass), "SSH_ASKPASS_REQUIRE": "force", "PASSWORDS": str(passwords)}
        return self._started(command, asked)

    def _started(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._inside.inside(*command),
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


class Shell:
    """A terminal on the honeypot, typed into as by hand: a line follows a prompt."""

    def __init__(self, process: subprocess.Popen[bytes], done: Done) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin: IO[bytes] = process.stdin
        self._stdout: IO[bytes] = process.stdout
        self._done = done

    def type(self, typed: Typed) -> None:
        """A line, and count it."""
        self.say(typed.line)
        self._done.type(typed)

    def say(self, line: str) -> None:
        """A line, once there is a prompt."""
        heard = b""
        deadline = time.monotonic() + _ANSWERED_WITHIN
        while not _PROMPT.search(heard):
            ready, _, _ = select.select([self._stdout], [], [], max(0.0, deadline - time.monotonic()))
            more = os.read(self._stdout.fileno(), 65536) if ready else b""
            assert more, f"no prompt for {line!r} after {heard!r}"
            heard += more
        self._stdin.write(line.encode() + b"\n")
        self._stdin.flush()

    def leave(self) -> None:
        """`exit`, until the connection is closed."""
        self.type(Typed("exit"))
        self._process.communicate(timeout=_ANSWERED_WITHIN)


def sha256(content: bytes) -> str:
    """In hex digits."""
    return hashlib.sha256(content).hexdigest()


def figures(done: Sequence[Done]) -> dict[str, dict[str, Any]]:
    """What the report of a day is to say of these connections: its sections, with the keys that a client can count."""
    users = Counter(each.user for each in done for _ in each.passwords)
    passwords = Counter(password for each in done for password in each.passwords)
    combinations = Counter(f"{each.user}:{password}" for each in done for password in each.passwords)
    commands = Counter(command for each in done for command in each.commands)
    downloads = [download for each in done for download in each.downloads]
    uploads = [upload for each in done for upload in each.uploads]
    hashes = Counter([*uploads, *(shasum for shasum, _ in downloads)])
    tunnels = Counter(target for each in done for target in each.tunnels)
    addresses = Counter(each.address for each in done)
    successes, failures = sum(each.is_in for each in done), sum(each.failures for each in done)
    return {
        "sessions": {
            "total": len(done),
            "closed": sum(each.is_closed for each in done),
            "unique_ips": len(addresses),
            "with_commands": sum(bool(each.commands) for each in done),
            "with_login_success": successes,
            "protocols": dict(Counter(each.protocol for each in done)),
            "login_attempts": successes + failures,
            "login_successes": successes,
            "login_failures": failures,
            "file_downloads": len(downloads),
            "file_uploads": len(uploads),
            "tunnel_requests": tunnels.total(),
            "with_tunnel_requests": sum(bool(each.tunnels) for each in done),
        },
        "credentials": {
            "unique_usernames": len(users),
            "unique_passwords": len(passwords),
            "top_usernames": _top(users),
            "top_passwords": _top(passwords),
            "top_combinations": _top(combinations),
        },
        "commands": {"total": commands.total(), "unique": len(commands), "top_commands": _top(commands)},
        "files": {
            "downloads": len(downloads),
            "downloads_failed": sum(each.downloads_failed for each in done),
            "uploads": len(uploads),
            "unique_hashes": len(hashes),
            "top_hashes": _top(hashes),
            "top_urls": _top(Counter(url for _, url in downloads if url is not None)),
        },
        "sources": {"top_ips": _top(addresses)},
        "tunnels": {"unique_targets": len(tunnels), "top_targets": _top(tunnels)},
    }


def _top(counted: Counter[str]) -> list[dict[str, Any]]:
    """By count descending, then value; the ten first."""
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "count": count} for value, count in ordered[:10]]
