"""Have I Been Pwned: in how many leaks a password was found. Of its SHA-1 the first five hex digits leave the machine;
the answer holds some hundred ends of digests, among which it is looked for here."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha1

from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, UnreadableAnswerError, days

_SENT_DIGITS = 5
_LINE = re.compile(rb"([0-9A-Fa-f]{35}):([0-9]{1,12})\r?$", re.MULTILINE)


def _digest(password: str) -> str:
    return sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()


def _request(values: Sequence[str]) -> Request:
    return Request(f"range/{_digest(values[0])[:_SENT_DIGITS]}", headers={"Add-Padding": "true"})


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    counts = {end.upper(): int(count) for end, count in _LINE.findall(body)}
    if not counts:
        raise UnreadableAnswerError("answered without a line of a range")
    return {values[0]: Said(positives=counts.get(_digest(values[0])[_SENT_DIGITS:].encode(), 0))}


HIBP = Service(
    name="hibp",
    title="Have I Been Pwned",
    url="https://api.pwnedpasswords.com/",
    rates=Rates(per_minute=60),
    needs="switch",
    lookups=(Lookup(Kind.PASSWORD, _request, _read, days(90)),),
)
