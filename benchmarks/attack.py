"""The events of one attacker's session, in the order and with the fields that Cowrie 3.1 writes.

The branches and their weights are counts of 3,231 real sessions (2,189 SSH, 1,042 telnet).
"""

import random
from dataclasses import dataclass

from benchmarks.vocabulary import KEX, ROUTER_WORDS, VERSIONS, Vocabulary, pick

_FAILURES = (399, 396, 226, 200, 65, 61)
"""Sessions with 1, 2, ... failed logins."""
_COMMANDS = (0, 640, 54, 66, 60, 50, 35, 40, 40, 35, 30, 20, 15)
"""SSH sessions with 1, 2, ... commands."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event before its sensor's own fields are added; `at_us` is microseconds since 1970-01-01 UTC."""

    at_us: int
    eventid: str
    fields: dict[str, object]
    message: str


class Attack:
    """Plays one session that starts at `start_us`; its events are in `events`, in time order."""

    def __init__(self, vocabulary: Vocabulary, start_us: int) -> None:
        self.vocabulary = vocabulary
        self.rng: random.Random = vocabulary.rng
        self.start_us = self.now_us = start_us
        self.session = f"{self.rng.getrandbits(48):012x}"
        self.protocol = "ssh" if self.rng.random() < 0.678 else "telnet"
        self.src_ip = vocabulary.address()
        self.src_port = self.rng.randint(1_024, 65_535)
        self.dst_port = 2222 if self.protocol == "ssh" else 2223
        self.pause_us = min(self.rng.lognormvariate(14.5, 1.6), 900e6)
        """Mean time between two events: 2 s for most, up to 15 minutes: sessions span midnight now and then."""
        self.events: list[Event] = []
        source = f"{self.src_ip}:{self.src_port} (127.0.0.1:{self.dst_port})"
        self._add("cowrie.session.connect", f"New connection: {source} [session: {self.session}]")
        if self.protocol == "ssh":
            self._ssh()
        else:
            self._telnet()
        if self.rng.random() > 0.009:
            duration_ms = (self.now_us - self.start_us) // 1000
            self._add(
                "cowrie.session.closed", f"Connection lost after {duration_ms} milliseconds", duration_ms=duration_ms
            )

    def _add(self, eventid: str, message: str, **fields: object) -> None:
        self.events.append(Event(self.now_us, eventid, fields, message))
        self.now_us += 1 + int(self.rng.expovariate(1) * self.pause_us)

    def _ssh(self) -> None:
        step = pick(self.rng, (124, 136, 53, 1876))
        if step >= 1:
            version = VERSIONS[pick(self.rng, (401, 324, 318, 195, 186, 176, 176, 162))]
            self._add("cowrie.client.version", f"Remote SSH version: {version}", version=version)
        if step >= 2:
            kex = KEX[0] if self.rng.random() < 0.97 else KEX[1]
            self._add("cowrie.client.kex", f"SSH client hassh fingerprint: {kex['hassh']}", **kex)
        if step < 3:
            return
        outcome = pick(self.rng, (543, 401, 932))
        if outcome == 0 or self.rng.random() < (0.41 if outcome == 1 else 0.08):
            self._failures()
        if outcome:
            self._login(True)
        if outcome == 1:
            self._without_shell()
        elif outcome == 2:
            self._shell([self.vocabulary.command() for _ in range(pick(self.rng, _COMMANDS))])

    def _telnet(self) -> None:
        for _ in range(pick(self.rng, (722, 100, 80, 140))):
            self._add("cowrie.telnet.option", "Telnet DO SGA", command="DO", option_name="SGA", option_byte=3)
        outcome = pick(self.rng, (121, 467, 153, 301))
        if outcome == 1 or (outcome == 2 and self.rng.random() < 0.55):
            self._failures()
        if outcome == 2:
            self._login(True)
            self._shell([])
        elif outcome == 3:
            self._login(True)
            bot = self.rng.random() < 0.82
            self._shell([*ROUTER_WORDS, *self.vocabulary.probes()] if bot else [self.vocabulary.command()])

    def _failures(self) -> None:
        for _ in range(1 + pick(self.rng, _FAILURES)):
            self._login(False)

    def _login(self, succeeds: bool) -> None:
        username, password = self.vocabulary.user(), self.vocabulary.password()
        outcome = "succeeded" if succeeds else "failed"
        message = f"login attempt [{username}/{password}] {outcome}"
        self._add(f"cowrie.login.{'success' if succeeds else 'failed'}", message, username=username, password=password)

    def _without_shell(self) -> None:
        chance = self.rng.random()
        if chance < 0.22:
            shasum, outfile = self._saved()
            filename = f"f{self.rng.randrange(100)}.bin"
            message = f'SFTP Uploaded file "{filename}" to {outfile}'
            self._add("cowrie.session.file_upload", message, filename=filename, outfile=outfile, shasum=shasum)
        elif chance < 0.4:
            for number in range(self.rng.randint(1, 4)):
                self._forward(number)

    def _forward(self, number: int) -> None:
        target, port = (
            f"{self.rng.choice(('example.com', 'api.ipify.org', '2001:db8::25'))}",
            self.rng.choice((25, 80, 443)),
        )
        origin = {"orig_ip": "127.0.0.1", "orig_port": 26584}
        message = f"direct-tcp connection request to {target}:{port} from 127.0.0.1:26584"
        self._add("cowrie.direct-tcpip.request", message, dst_ip=target, dst_port=port, **origin)
        data = repr(self.rng.randbytes(150))
        message = f"discarded direct-tcp forward request {number} to {target}:{port} with data {data}"
        self._add("cowrie.direct-tcpip.data", message, dst_ip=target, dst_port=port, data=data, id=number)

    def _shell(self, commands: list[str]) -> None:
        opened_us = self.now_us
        if self.protocol == "ssh":
            if self.rng.random() < 0.25:
                self._add("cowrie.client.var", "request_env: LANG=en_US.UTF-8", name="LANG", value="en_US.UTF-8")
            if self.rng.random() < 0.29:
                self._add("cowrie.client.size", "Terminal Size: 200 24", width=200, height=24)
        self._add("cowrie.session.params", "", arch="linux-x64-lsb")
        for command in commands:
            self._command(command)
        shasum = self.vocabulary.shasum()
        ttylog, duration_ms = f"var/lib/cowrie/tty/{shasum}", (self.now_us - opened_us) // 1000
        recording = {"ttylog": ttylog, "size": self.rng.randrange(60_000), "shasum": shasum, "duplicate": True}
        message = f"Closing TTY Log: {ttylog} after {duration_ms} milliseconds"
        self._add("cowrie.log.closed", message, **recording, duration_ms=duration_ms)

    def _command(self, command: str) -> None:
        if self.rng.random() < 0.09:
            self._add("cowrie.command.input", f"INPUT (passwd): {command}", realm="passwd", input=command)
            self._add("cowrie.command.success", f"Command found: {command}", realm="passwd", input=command)
            return
        self._add("cowrie.command.input", f"CMD: {command}", input=command)
        if command in ROUTER_WORDS[:3] or self.rng.random() < 0.14:
            word = command[:40]
            self._add("cowrie.command.failed", f"Command not found: {word}", input=word)
        if "wget " in command and self.rng.random() < 0.1:
            url = f"http://{self.rng.choice(('192.0.2.14', '203.0.113.66'))}/f{self.rng.randrange(2_000)}"
            self._download(url=url)
        elif self.rng.random() < 0.08:
            self._download(destfile=f"/tmp/f{self.rng.randrange(100)}")

    def _download(self, **where: str) -> None:
        shasum, outfile = self._saved()
        message = f"Saved redir contents with SHA-256 {shasum} to {outfile}"
        saved = {"duplicate": self.rng.random() < 0.8, "outfile": outfile, "shasum": shasum}
        self._add("cowrie.session.file_download", message, **saved, **where)

    def _saved(self) -> tuple[str, str]:
        shasum = self.vocabulary.shasum()
        return shasum, f"var/lib/cowrie/downloads/{shasum}"
