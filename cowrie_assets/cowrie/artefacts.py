"""What a text or a file names of an attacker's own: SSH keys, URLs and their hosts, wallets, addresses with a port.

The one place that reads them: out of commands as typed (`artefacts_of_command`) and out of the bytes of files. Each
pattern is bounded and is run once over the bytes. What is found is the attacker's text: nothing of it is ever fetched.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from cowrie_assets.cowrie.invocation import invocations
from cowrie_assets.cowrie.operands import Variables, connecting, fetched, pools
from cowrie_assets.cowrie.wallets import wallets

ARTEFACTS_VERSION = 5
"""Raised where the same command names other artefacts: what was read is read anew."""
READ_CHARACTERS = 65_536
"""What stands behind so many characters of a command is not looked at, nor is a word that ends there."""
MOST_OF_A_KIND = 50
USED = "used"
"""Subtype of a url, host or endpoint: a program is told to fetch it, or to connect to it."""
ITSELF = "itself"
"""Subtype of a url or host: the text is this url, as that of a download is."""
_BEHIND_A_WORD = " \t\r\n;|&<>()'\"`"
_PORTS = 65_535
_ADDRESS = rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_HOST = rb"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}\.)+[A-Za-z][A-Za-z0-9-]{1,23}|" + _ADDRESS + rb")"
_OF_URL = rb"[A-Za-z0-9._~:/?#@!$&*+,=%\[\]-]"
_URL = re.compile(rb"(?:https?|s?ftp|tftp)://" + _OF_URL + rb"{3,500}")
_WHOLE_URL = re.compile(_URL.pattern + rb"+(?!" + _OF_URL + rb")")
"""Of a longer one only the host is told: what is cut is no url that anybody fetched."""
_HOST_OF_URL = re.compile(rb"[a-z]+://(?:[^/@?#]{0,128}@)?(" + _HOST + rb"|\[[0-9A-Fa-f:.]{2,45}\])(?![A-Za-z0-9_-])")
_WITHOUT_SCHEME = re.compile(
    rb"(?<![A-Za-z0-9_])(?:wget|curl) (?:-[^ ;|&\n]{1,64} ){0,8}[\"']?("
    + _HOST
    + rb")(?::[0-9]{1,5})?/|(?<![A-Za-z0-9_])(?:tftp|ftpget) (?:[^ ;|&\n]{1,64} ){0,8}?("
    + _ADDRESS
    + rb")(?![A-Za-z0-9_.-])"
)
"""Fetchers that take a host as it is; of tftp and ftpget an address, for a name may be that of a file."""
_ENDPOINT = re.compile(
    rb"/dev/(?:tcp|udp)/(?P<device>" + _HOST + rb")/(?P<device_port>[0-9]{1,5})"
    rb"|(?<![A-Za-z0-9_.-])(?:nc|ncat|netcat|telnet) (?:[^ ;|&\n]{1,32} ){0,6}?"
    rb"(?P<client>" + _HOST + rb") (?P<client_port>[0-9]{1,5})(?![0-9.])"
    rb"|(?:stratum[a-z0-9+]{0,16}|tcp|udp|ssl)://(?P<pool>" + _HOST + rb"):(?P<pool_port>[0-9]{1,5})"
    rb"|(?<![A-Za-z0-9_.@/-])(?P<bare>[0-9]{1,3}(?:\.[0-9]{1,3}){3}):(?P<bare_port>[0-9]{1,5})(?![0-9.:/])"
)
_BY_ADDRESS = frozenset({"tftp", "ftpget", "ftp"})
_IPV4 = re.compile(rb"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])")
_KEY = re.compile(
    rb"(?<![A-Za-z0-9_.@-])((?:sk-)?(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp[0-9]{3})(?:@openssh\.com)?) "
    rb"(AAAA[A-Za-z0-9+/]{40,2000}={0,2})(?: ([^\s\"'`\\;|&<>\x00-\x1f\x7f]{1,128}))?"
)
_BARE = re.compile(rb"(" + _HOST + rb")(?::[0-9]{1,5})?/")
_POOL = re.compile(rb"(?:[a-z0-9+]{1,20}://)?(?P<pool>" + _HOST + rb"):(?P<pool_port>[0-9]{1,5})/?")
_MAY_USE = re.compile(
    rb"://|base64|/dev/(?:tcp|udp)/|:[0-9]|(?:wget|curl|tftp|ftpget|ftp|fetch|aria2c|axel|lynx|lwp-download|GET) "
    rb"|(?:nc|ncat|netcat|telnet) "
)
"""What a command has that names a url, host or endpoint, each pattern of these among them: in others none is looked
for."""
_DIGITS_ALONE = re.compile(r"[0-9.]+")
_OF_256 = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IS_IPV4 = re.compile(rf"{_OF_256}(?:\.{_OF_256}){{3}}")
"""As `ipaddress` has it, which takes ten times as long."""
_OWN = re.compile(r"127\.|0\.0\.0\.0\Z|255\.255\.255\.255\Z|localhost\Z")
"""Addresses of the machine itself: in every program."""


class ArtefactKind(IntEnum):
    """What an artefact is; the numbers are stored."""

    SSH_KEY = 1
    """By its fingerprint, as `ssh-keygen -l` tells it."""
    URL = 2
    HOST = 3
    """From which something is fetched: a name in lower case, or an address."""
    WALLET = 4
    ENDPOINT = 5
    """`host:port` that is connected to: a command server, a mining pool, a shell that calls back."""


class Artefact(NamedTuple):
    """One thing that a command or file names."""

    kind: ArtefactKind
    value: str
    subtype: str = ""
    """Of a key its algorithm (`ssh-rsa`), of a wallet its currency (`monero`); of others `USED`, `ITSELF`, or empty
    where the text merely names it."""
    comment: str = ""
    """What stands behind a key."""


def artefacts_of_command(command: str) -> list[Artefact]:
    """What a command, or a url, names, each once, at most 50 of a kind: what is used comes first. Total, and linear in
    the command's length."""
    command = _whole_words(command)
    content = command.encode("utf-8", "replace")
    found = [*ssh_keys(content)] if b" AAAA" in content else []
    if not _MAY_USE.search(content):
        return [*found, *_wallets(content)]
    used = _used(command)
    itself = [_url(match)] if (match := _URL.match(content)) else []
    urls = list(_first(_URL, content, _url)) if b"://" in content else []
    whole = urls_in(content) if urls else []
    found += _told(ArtefactKind.URL, used.urls, itself if _WHOLE_URL.match(content) else (), whole)
    hosts = [*hosts_of(urls), *_first(_WITHOUT_SCHEME, content, _bare_host)]
    found += _told(ArtefactKind.HOST, used.hosts, hosts_of(itself), hosts)
    found += _wallets(content)
    found += _told(ArtefactKind.ENDPOINT, used.endpoints, (), _first(_ENDPOINT, content, _endpoint))
    return found


def _whole_words(command: str) -> str:
    """What is looked at of a command, without the word in which that ends: what is cut names nothing."""
    if len(command) <= READ_CHARACTERS:
        return command
    ends = (command.rfind(each, 0, READ_CHARACTERS + 1) for each in _BEHIND_A_WORD)
    return command[: max(0, *ends)]


def _wallets(content: bytes) -> list[Artefact]:
    return [Artefact(ArtefactKind.WALLET, address, name) for name, address in wallets(content, MOST_OF_A_KIND)]


class _Used(NamedTuple):
    """What the programs of a command are told to fetch from and to connect to."""

    urls: Iterable[str]
    hosts: Iterable[str]
    endpoints: Iterable[str]


def _used(command: str) -> _Used:
    urls: dict[str, None] = {}
    hosts: dict[str, None] = {}
    endpoints: dict[str, None] = {}
    variables = Variables()
    for run in map(variables.resolved, invocations(command)):
        for word in fetched(run):
            operand = word.encode("utf-8", "replace")
            if match := _URL.match(operand):
                if _WHOLE_URL.match(operand):
                    urls[_url(match)] = None
                hosts.update(dict.fromkeys(hosts_of([_url(match)])))
            elif host := _host_of_operand(run.program, operand):
                hosts[host] = None
        text = connecting(run).encode("utf-8", "replace")
        endpoints.update(dict.fromkeys(_first(_ENDPOINT, text, _endpoint)))
        matches = (_POOL.fullmatch(word.encode("utf-8", "replace")) for word in pools(run))
        endpoints.update((pool, None) for match in matches if match and (pool := _endpoint(match)) is not None)
    return _Used(urls, hosts, endpoints)


def _host_of_operand(program: str, operand: bytes) -> str | None:
    """The host of what is fetched without a scheme; of tftp and its like an address alone: a name may be a file's."""
    if program in _BY_ADDRESS:
        return _host(operand) if _IPV4.fullmatch(operand) else None
    match = _BARE.match(operand)
    return _host(match[1]) if match else None


def _told(kind: ArtefactKind, used: Iterable[str], itself: Iterable[str], named: Iterable[str]) -> Iterator[Artefact]:
    """Values of a kind, each once and at most 50, by the surest way in which they came."""
    found: dict[str, str] = {}
    for values, subtype in ((used, USED), (itself, ITSELF), (named, "")):
        for value in values:
            found.setdefault(value, subtype)
    return (Artefact(kind, value, subtype) for value, subtype in islice(found.items(), MOST_OF_A_KIND))


def ssh_keys(content: bytes) -> list[Artefact]:
    """The public keys in a text or file, each once: the comment is the first that stands behind it."""
    found: dict[str, Artefact] = {}
    for match in _KEY.finditer(content):
        fingerprint = _fingerprint(match[1], match[2])
        if fingerprint is not None and fingerprint not in found:
            comment = (match[3] or b"").decode("utf-8", "replace")
            found[fingerprint] = Artefact(ArtefactKind.SSH_KEY, fingerprint, match[1].decode("ascii"), comment)
            if len(found) == MOST_OF_A_KIND:
                break
    return list(found.values())


def _fingerprint(algorithm: bytes, key: bytes) -> str | None:
    """The fingerprint of a key's base64; None where it is none of a key of the algorithm that stands before it."""
    text = key.rstrip(b"=")
    try:
        decoded = base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return None
    if decoded[: len(algorithm) + 4] != len(algorithm).to_bytes(4, "big") + algorithm:
        return None
    return f"SHA256:{base64.b64encode(sha256(decoded).digest()).decode().rstrip('=')}"


def urls_in(content: bytes) -> list[str]:
    """The URLs of what can be fetched, each once, without what ends a sentence or a command behind it; none that is
    longer than is read."""
    return list(_first(_WHOLE_URL, content, _url))


def addresses_in(content: bytes) -> list[str]:
    """The IPv4 addresses, each once, without those of the machine itself."""
    return list(_first(_IPV4, content, _address))


def hosts_of(urls: list[str]) -> list[str]:
    """The hosts of URLs, each once."""
    matches = (_HOST_OF_URL.match(url.encode("ascii")) for url in urls)
    hosts = (_host(match[1]) for match in matches if match)
    return list(dict.fromkeys(host for host in hosts if host is not None))


def _first(pattern: re.Pattern[bytes], content: bytes, read: Callable[[re.Match[bytes]], str | None]) -> Iterator[str]:
    found: set[str] = set()
    for match in pattern.finditer(content):
        value = read(match)
        if value is not None and value not in found:
            found.add(value)
            yield value
            if len(found) == MOST_OF_A_KIND:
                return


def _url(match: re.Match[bytes]) -> str:
    return match[0].decode("ascii").rstrip(".,!&?")


def _address(match: re.Match[bytes]) -> str | None:
    return _host(match[0])


def _bare_host(match: re.Match[bytes]) -> str | None:
    return _host(match[1] or match[2])


def _host(host: bytes) -> str | None:
    """A host as it is told; None for what is no address and for the machine itself."""
    text = host.decode("ascii").strip("[]").lower()
    if _OWN.match(text) or (_DIGITS_ALONE.fullmatch(text) and _IS_IPV4.fullmatch(text) is None):
        return None
    return text


def _endpoint(match: re.Match[bytes]) -> str | None:
    named = match.groupdict()
    kind = next(name for name in ("device", "client", "pool", "bare") if named.get(name))
    host, port = _host(named[kind]), int(named[f"{kind}_port"])
    return f"{host}:{port}" if host is not None and 0 < port <= _PORTS else None
