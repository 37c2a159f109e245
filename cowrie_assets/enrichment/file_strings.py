"""What of a file's bytes is worth knowing: URLs, addresses, wallets and SSH keys, and marks of packers.

Each pattern is bounded and is run once over the bytes. What is found is the attacker's text: it is shown escaped, and
nothing of it is ever fetched.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from cowrie_assets.enrichment.address_ranges import address_of

MOST_OF_A_KIND = 50
_LONGEST = 512
_URL = re.compile(rb"(?:https?|s?ftp|tftp)://[A-Za-z0-9._~:/?#@!$&*+,=%\[\]-]{3,500}")
_IPV4 = re.compile(rb"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])")
_KEY = re.compile(rb"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp[0-9]{3}) (AAAA[A-Za-z0-9+/]{40,2000}={0,2})")
_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WALLETS = (
    ("bitcoin", re.compile(rb"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")),
    ("bitcoin", re.compile(rb"(?<![A-Za-z0-9])bc1[02-9ac-hj-np-z]{11,71}(?![A-Za-z0-9])")),
    ("monero", re.compile(rb"(?<![A-Za-z0-9])[48][1-9A-HJ-NP-Za-km-z]{94}(?![A-Za-z0-9])")),
    ("ethereum", re.compile(rb"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")),
)
_PACKERS = (
    ("upx", re.compile(rb"UPX!|\$Info: This file is packed with the UPX")),
    ("pyinstaller", re.compile(rb"MEI\x0c\x0b\x0a\x0b\x0e")),
    ("shc", re.compile(rb"neither argv\[0\] nor \$_ works\.")),
)
_NOT_TOLD = ("127.0.0.1", "0.0.0.0", "255.255.255.255")  # noqa: S104  (in every program)


def strings_of(content: bytes) -> dict[str, list[str]]:
    """`urls`, `addresses`, `wallets` (`monero:4...`) and `ssh_keys` (fingerprints, as `ssh-keygen -l` tells them).

    Each is told once, in the order of the file, at most 50 of a kind; a kind of which there are none is left out.
    """
    found = {
        "urls": _first(_URL, content, _url),
        "addresses": _first(_IPV4, content, _address),
        "wallets": [f"{name}:{each}" for name, pattern in _WALLETS for each in _first(pattern, content, _wallet)],
        "ssh_keys": _first(_KEY, content, _fingerprint),
    }
    return {kind: values[:MOST_OF_A_KIND] for kind, values in found.items() if values}


def packer_of(content: bytes) -> str | None:
    """The packer whose mark stands in a file; None where none does."""
    return next((name for name, mark in _PACKERS if mark.search(content)), None)


def _first(pattern: re.Pattern[bytes], content: bytes, read: Callable[[re.Match[bytes]], str | None]) -> list[str]:
    found: dict[str, None] = {}
    for value in _read(pattern, content, read):
        found[value] = None
        if len(found) == MOST_OF_A_KIND:
            break
    return list(found)


def _read(pattern: re.Pattern[bytes], content: bytes, read: Callable[[re.Match[bytes]], str | None]) -> Iterator[str]:
    for match in pattern.finditer(content):
        value = read(match)
        if value is not None:
            yield value


def _url(match: re.Match[bytes]) -> str:
    """A URL without what ends a sentence or a command behind it."""
    return _text(match).rstrip(".,!&?")


def _text(match: re.Match[bytes]) -> str:
    return match[0].decode("ascii")[:_LONGEST]


def _address(match: re.Match[bytes]) -> str | None:
    text = _text(match)
    return text if address_of(text) is not None and text not in _NOT_TOLD else None


def _wallet(match: re.Match[bytes]) -> str | None:
    """What is a wallet; of the old form of Bitcoin only what its own check sum proves."""
    is_proved = match[0][:1] not in b"13" or _is_checked(match[0])
    return _text(match) if is_proved else None


def _is_checked(text: bytes) -> bool:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    if number >= 1 << 200:
        return False
    written = number.to_bytes(25, "big")
    return sha256(sha256(written[:21]).digest()).digest()[:4] == written[21:]


def _fingerprint(match: re.Match[bytes]) -> str | None:
    text = match[1].rstrip(b"=")
    try:
        key = base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return None
    return f"SHA256:{base64.b64encode(sha256(key).digest()).decode().rstrip('=')}"
