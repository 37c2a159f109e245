"""Have I Been Pwned: in how many leaks a password was found. Of its SHA-1 the first five hex digits leave the machine;
the answer holds some hundred ends of digests, among which it is looked for here. It does not say of which range they
are: all that can be seen is that each of its lines is one of a range."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha1

from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, UnreadableAnswerError, days

_SENT_DIGITS = 5
_LINE = re.compile(rb"([0-9A-Fa-f]{35}):([0-9]{1,12})")


def _digest(password: str) -> str:
    return sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()


def _request(values: Sequence[str]) -> Request:
    return Request(f"{_digest(values[0])[:_SENT_DIGITS]}", headers={"Add-Padding": "true"})


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    lines = [_LINE.fullmatch(line) for line in body.split()]
    found = [line for line in lines if line is not None]
    if not found or len(found) < len(lines):
        raise UnreadableAnswerError("answered with something that is no range of digests")
    counts = {line[1].upper(): int(line[2]) for line in found}
    return {values[0]: Said(positives=counts.get(_digest(values[0])[_SENT_DIGITS:].encode(), 0))}


HIBP = Service(
    name="hibp",
    title="Have I Been Pwned",
    url="https://api.pwnedpasswords.com/",
    rates=Rates(per_minute=60),
    needs="switch",
    path="range/",
    lookups=(Lookup(Kind.PASSWORD, _request, _read, days(90)),),
)
