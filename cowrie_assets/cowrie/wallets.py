"""Wallets of cryptocurrencies in a text or file: only what its own check sum proves.

An Ethereum address in one case has no check sum: it counts as it is.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice

_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {letter: number for number, letter in enumerate(_BASE58)}
_BECH32 = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = (1, 0x2BC830A3)
"""What the check sum comes to: of version 0, of later ones (bech32m)."""
_MONERO_BLOCK, _MONERO_BYTES = 11, 8
_MONERO_LENGTHS = {0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}
"""Bytes of so many letters."""
_MONERO_NETWORKS = frozenset({18, 19, 42})
"""First byte of an address of the main net: usual, integrated, of a subaddress."""
_CHECK_BYTES = 4
_MOST_TRIED = 200
"""Of a currency: a check sum in plain Python takes half a millisecond, and a file holds 170,000 that look like one."""
_ROUNDS = 24
_RATE = 136
_LANE = (1 << 64) - 1


def wallets(content: bytes, most: int) -> Iterator[tuple[str, str]]:
    """Currency and address of each wallet, once, at most `most` of a currency."""
    found: dict[str, set[bytes]] = {}
    for currency, pattern, is_proved in _KINDS:
        known = found.setdefault(currency, set())
        for match in islice(pattern.finditer(content), _MOST_TRIED):
            address = match[0]
            if len(known) < most and address not in known and is_proved(address):
                known.add(address)
                yield currency, address.decode("ascii")


def _is_base58_checked(text: bytes) -> bool:
    number = 0
    for letter in text:
        number = number * 58 + _VALUE[letter]
    if number >= 1 << 200:
        return False
    written = number.to_bytes(25, "big")
    return sha256(sha256(written[:21]).digest()).digest()[:_CHECK_BYTES] == written[21:]


def _is_bech32_checked(text: bytes) -> bool:
    prefix = b"bc"
    values = [*(each >> 5 for each in prefix), 0, *(each & 31 for each in prefix), *map(_BECH32.index, text[3:])]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check == _BECH32_ENDS[text[3:4] != b"q"]


def _is_monero_checked(text: bytes) -> bool:
    decoded = b""
    for start in range(0, len(text), _MONERO_BLOCK):
        block = text[start : start + _MONERO_BLOCK]
        size, number = _MONERO_LENGTHS.get(len(block)), 0
        for letter in block:
            number = number * 58 + _VALUE[letter]
        if size is None or number >= 1 << 8 * size:
            return False
        decoded += number.to_bytes(size, "big")
    if decoded[0] not in _MONERO_NETWORKS:
        return False
    return keccak256(decoded[:-_CHECK_BYTES])[:_CHECK_BYTES] == decoded[-_CHECK_BYTES:]


def _is_ethereum_checked(text: bytes) -> bool:
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return len(set(digits)) > 2  # noqa: PLR2004  (a mask such as 0x00ff00... is none)
    marks = keccak256(digits.lower()).hex()
    return all(
        (chr(digit).isupper() if int(mark, 16) >= 8 else chr(digit).islower())  # noqa: PLR2004  (EIP-55)
        for digit, mark in zip(digits, marks, strict=False)
        if chr(digit).isalpha()
    )


def keccak256(content: bytes) -> bytes:
    """Keccak as Ethereum and Monero have it: SHA-3 of before the standard, which `hashlib` does not have."""
    padded = bytearray(content) + b"\x01" + bytes(-(len(content) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for place in range(_RATE // 8):
            lanes[place] ^= int.from_bytes(padded[start + 8 * place : start + 8 * place + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    register = 1
    for _ in range(_ROUNDS):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[place % 5] for place, lane in enumerate(lanes)]
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], _turned(current, (step + 1) * (step + 2) // 2 % 64)
        rows = [lanes[row : row + 5] for row in range(0, 25, 5)]
        lanes = [row[x] ^ (~row[(x + 1) % 5] & _LANE & row[(x + 2) % 5]) for row in rows for x in range(5)]
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                lanes[0] ^= 1 << ((1 << bit) - 1)
    return lanes


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANE


_KINDS: tuple[tuple[str, re.Pattern[bytes], Callable[[bytes], bool]], ...] = (
    (
        "bitcoin",
        re.compile(rb"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])"),
        _is_base58_checked,
    ),
    ("bitcoin", re.compile(rb"(?<![A-Za-z0-9])bc1[02-9ac-hj-np-z]{11,71}(?![A-Za-z0-9])"), _is_bech32_checked),
    (
        "monero",
        re.compile(rb"(?<![A-Za-z0-9])[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?(?![A-Za-z0-9])"),
        _is_monero_checked,
    ),
    ("ethereum", re.compile(rb"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])"), _is_ethereum_checked),
)
