"""What tells who is behind a session, whatever it typed: keys, wallets, files, hosts, endpoints, a rare credential."""

import re
from enum import IntEnum
from functools import lru_cache
from ipaddress import ip_address

from cowrie_assets.cowrie.artefacts import ArtefactKind

Mark = tuple[int, int]
"""Kind (`MarkKind`) and `texts.id`."""


class MarkKind(IntEnum):
    """What a mark is; the numbers are stored. The first are those of `ArtefactKind`."""

    SSH_KEY = ArtefactKind.SSH_KEY
    URL = ArtefactKind.URL
    HOST = ArtefactKind.HOST
    WALLET = ArtefactKind.WALLET
    ENDPOINT = ArtefactKind.ENDPOINT
    FILE = 6
    """By its SHA-256; trivial ones are none."""
    CREDENTIAL = 7
    """That let somebody in, with the HASSH of the client."""


JOINING = (
    *(MarkKind.SSH_KEY, MarkKind.WALLET, MarkKind.FILE, MarkKind.ENDPOINT),
    *(MarkKind.HOST, MarkKind.CREDENTIAL),
)
"""The marks that join, the surest first. A URL is told by its host."""
OWNED = frozenset({MarkKind.SSH_KEY, MarkKind.WALLET})
"""Only who holds the secret has use of these: they join however many behaviours have them."""
MOST_BEHAVIOURS = {
    **dict.fromkeys(map(int, (MarkKind.FILE, MarkKind.ENDPOINT, MarkKind.HOST)), 8),
    int(MarkKind.CREDENTIAL): 2,
}
"""A mark that is characteristic of more kinds of behaviour is common, and joins nobody."""
CHARACTERISTIC_SHARE = 3
"""A mark is characteristic of a behaviour where one of three of its sessions has it."""
LEAST_CARRYING = 3
"""So many sessions of a behaviour have a mark by which it is joined with others."""
LEAST_PASSWORD = 10
"""Characters of a password that nobody comes upon by guessing, where it has letters and digits."""
_HASHED = "hash-"
"""What `cowrie.privacy` puts in the place of a password: it says nothing of how rare that was."""
_LETTERS_AND_DIGITS = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])", re.DOTALL)
_YEAR_BEHIND_A_WORD = re.compile(
    r"[A-Za-z]+[^A-Za-z0-9]?(?:123(?:4(?:5(?:6(?:7(?:89?)?)?)?)?)?|(?:19|20)[0-9]{2})[^A-Za-z0-9]{0,2}"
)
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_NOT_PUBLIC = re.compile(
    r"0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\."
    r"|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|2(?:2[4-9]|[345][0-9])\."
)
"""Addresses that are one's own, or nobody's. Those of examples stand for public ones. `ipaddress` takes ten times as
long."""
_PUBLIC_HOSTS = (
    *("github.com", "githubusercontent.com", "gitlab.com", "bitbucket.org", "sourceforge.net", "pastebin.com"),
    *("transfer.sh", "file.io", "anonfiles.com", "mediafire.com", "dropbox.com", "dropboxusercontent.com"),
    *("googleapis.com", "google.com", "amazonaws.com", "cloudfront.net", "discordapp.com", "telegram.org"),
    *("debian.org", "ubuntu.com", "centos.org", "alpinelinux.org", "npmjs.org", "pypi.org", "gnu.org", "kernel.org"),
    *("ip-api.com", "ipinfo.io", "ifconfig.me", "icanhazip.com", "ipify.org", "example.com"),
)
"""Everybody fetches from these, and asks them for the own address."""


@lru_cache(maxsize=100_000)
def joins_by_host(host: str) -> bool:
    """Whether a host, or one with a port behind it, is somebody's own: none that everybody uses, no private one."""
    name = host.rpartition(":")[0] if host.count(":") == 1 else host
    if _IPV4.fullmatch(name):
        return _NOT_PUBLIC.match(name) is None
    try:
        return ip_address(name).is_global
    except ValueError:
        return not any(name == each or name.endswith(f".{each}") for each in _PUBLIC_HOSTS)


def is_rare_password(password: str) -> bool:
    """Whether a password is made up: 10 characters and more, letters and digits, no word with a year behind it."""
    return (
        len(password) >= LEAST_PASSWORD
        and not password.startswith(_HASHED)
        and _LETTERS_AND_DIGITS.match(password) is not None
        and _YEAR_BEHIND_A_WORD.fullmatch(password) is None
    )


def credential(username: str, password: str, hassh: str) -> str:
    """A credential as a mark: what was given, and by which kind of client."""
    return f"{username}:{password} {hassh}"
