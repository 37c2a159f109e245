"""One call to a service: bounded in time and size, never redirected, not tried again, and what its failure means.

What a service answers is read or thrown away, never shown: an error's sentence is ours alone. Keys go in headers, to
the configured host only.
"""

import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from cowrie_assets.enrichment.access import Access, Key
from cowrie_assets.enrichment.answers import Said
from cowrie_assets.enrichment.quota import Outcome
from cowrie_assets.enrichment.service import KeyRefusedError, Lookup, Request, UnreadableAnswerError, WhoisQuery
from cowrie_assets.loopback import is_loopback
from cowrie_assets.outgoing import what_broke
from cowrie_assets.retry_after import retry_after_seconds

Result = TypeVar("Result")
_CHUNK = 64 * 1024
_WHOIS_PORT = 43
_SLOW = 5.0
"""Seconds after which it is told that an answer is waited for."""
_LONGEST_REST = 31 * 86_400.0
"""Seconds that a service may ask for: how many of them are believed is for `enrichment.settling`."""
_READ = {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call may take, in seconds, and how long its answer may be, in bytes."""

    connect: float = 10.0
    silence: float = 30.0
    """Between two parts of an answer."""
    whole: float = 120.0
    """From the first name that is looked up to the last byte; `quota.LONGEST_CALL_US` is longer."""
    answer: int = 10 * 1024 * 1024


BOUNDS = Bounds()


class CallError(Exception):
    """A call without an answer. The sentence says why, its subject being the service, and holds nothing secret."""

    def __init__(
        self,
        sentence: str,
        outcome: Outcome = Outcome.FAILED,
        *,
        passing: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        """`OVER_MINUTE` for any limit: the ledger tells which."""
        self.passing = passing
        """Whether the same may go well a little later."""
        self.retry_after = retry_after
        """Seconds that the service asks to be left alone; None where it does not say."""


def call(
    access: Access,
    key: Key,
    lookup: Lookup,
    values: Sequence[str],
    bounds: Bounds = BOUNDS,
    *,
    is_slow: Callable[[], None] | None = None,
) -> Mapping[str, Said]:
    """What a service says of some values; of those that are missing it said nothing. Raises CallError.

    Several spellings of one address are asked about as one value. `is_slow` is called once where the answer takes
    longer than some seconds.
    """
    asked = {lookup.same(value): value for value in values}
    one_of_each = list(asked.values())
    request = lookup.request(one_of_each)
    answer = _within(bounds.whole, lambda: _answer(access, key, request, bounds), is_slow)
    said = _said(access, key, lookup, one_of_each, answer)
    spelled = ((value, asked[lookup.same(value)]) for value in values)
    return {value: said[one] for value, one in spelled if one in said}


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    is_found: bool = True
    """False: it came with 404."""


def _said(access: Access, key: Key, lookup: Lookup, values: Sequence[str], answer: _Answer) -> Mapping[str, Said]:
    if key.is_in(answer.body):
        raise CallError("repeats its key", passing=False)
    if not answer.is_found:
        if not _is_unknown(lookup, values, answer.body):
            raise CallError(_elsewhere(access), passing=False)
        return {value: Said() for value in values}
    try:
        return lookup.read(values, answer.body)
    except UnreadableAnswerError as error:
        raise CallError(str(error)) from None
    except KeyRefusedError:
        raise CallError(_refusal(access), Outcome.REFUSED, passing=False) from None


def _answer(access: Access, key: Key, request: Request | WhoisQuery, bounds: Bounds) -> _Answer:
    if isinstance(request, WhoisQuery):
        return _Answer(_whois(access.url, request, bounds))
    return _http(access, key, request, bounds)


def _is_unknown(lookup: Lookup, values: Sequence[str], body: bytes) -> bool:
    """Whether a 404 comes of the service, which does not know the values, and not of a wrong path or of a proxy."""
    try:
        return lookup.is_unknown is not None and lookup.is_unknown(values, body)
    except UnreadableAnswerError:
        return False


def _http(access: Access, key: Key, request: Request, bounds: Bounds) -> _Answer:
    import requests  # noqa: PLC0415  (0.1 s that only who asks shall pay)
    from urllib3.exceptions import ReadTimeoutError  # noqa: PLC0415

    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its DEBUG lines show what is asked about
    headers = {
        "User-Agent": access.user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **request.headers,
        **key.headers(access.service),
    }
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(urlsplit(access.url).hostname or "")  # no proxy to this machine
            with session.request(
                request.method,
                f"{access.root}{request.path}",
                params=dict(request.query),
                data=None if request.form is None else dict(request.form),
                json=None if request.document is None else dict(request.document),
                headers=headers,
                auth=_no_login,
                timeout=(bounds.connect, bounds.silence),
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code not in _READ:
                    raise _failure(access, answer.status_code, answer.headers.get("Retry-After"))
                body = _bounded(answer.iter_content(_CHUNK), bounds)
                return _Answer(body, is_found=answer.status_code == HTTPStatus.OK)
    except requests.Timeout:
        raise CallError("did not answer in time") from None
    except requests.ConnectionError as error:
        is_late = any(isinstance(each, ReadTimeoutError) for each in error.args)
        raise CallError("did not answer in time" if is_late else what_broke(error)) from None
    except requests.RequestException as error:
        raise CallError(f"gave no answer that can be read ({type(error).__name__})") from None


def _no_login(prepared: Result) -> Result:
    """Keeps `requests` from sending a login of the user's `.netrc`."""
    return prepared


def _failure(access: Access, code: int, retry_after: str | None) -> CallError:
    asked_for = retry_after_seconds(retry_after, longest=_LONGEST_REST)
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return CallError("is asked too often (429)", Outcome.OVER_MINUTE, passing=False, retry_after=asked_for)
    if code in _REFUSED:
        return CallError(_refusal(access, code), Outcome.REFUSED, passing=False)
    if HTTPStatus.MULTIPLE_CHOICES <= code < HTTPStatus.BAD_REQUEST:
        return CallError(f"redirects ({code}), which is not followed", passing=False)
    is_passing = code >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _PASSING
    return CallError(f"answered {code}", passing=is_passing, retry_after=asked_for)


def _elsewhere(access: Access) -> str:
    return f"answered 404, and not as {access.service.title} does: look at {access.service.variable}_URL ({access.url})"


def _refusal(access: Access, code: int | None = None) -> str:
    said = f" ({code})" if code is not None else ""
    variable = access.service.variable
    if access.key_reference is None:
        return f"wants to know who asks{said}: set {variable}_KEY or {variable}_CONTACT"
    return f"does not take the key{said}: look at {variable}_KEY={access.key_reference}"


def _whois(url: str, query: WhoisQuery, bounds: Bounds) -> bytes:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _WHOIS_PORT
    try:
        with socket.create_connection((host, port), timeout=bounds.connect) as connection:
            connection.settimeout(bounds.silence)
            connection.sendall("".join(f"{line}\n" for line in query.lines).encode("ascii"))
            return _bounded(iter(lambda: connection.recv(_CHUNK), b""), bounds)
    except TimeoutError:
        raise CallError("did not answer in time") from None
    except OSError as error:
        raise CallError(what_broke(error)) from None


def _bounded(chunks: Iterator[bytes], bounds: Bounds) -> bytes:
    """All of an answer. Raises CallError where it is too long, or takes too long."""
    body = bytearray()
    ends_at = time.monotonic() + bounds.whole
    for chunk in chunks:
        body += chunk
        if len(body) > bounds.answer:
            raise CallError(f"answered with more than {bounds.answer:,} bytes", passing=False)
        if time.monotonic() > ends_at:
            raise CallError("did not answer in time")
    return bytes(body)


def _within(seconds: float, work: Callable[[], Result], is_slow: Callable[[], None] | None) -> Result:
    """What `work` gives or raises. Raises CallError where that takes longer: its thread is left to itself then, for
    neither the look-up of a name nor a head that trickles in has a bound of its own."""
    results: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except BaseException as error:
            results.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = _first(results, seconds, is_slow)
    except queue.Empty:
        raise CallError("did not answer in time") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _first(results: "queue.SimpleQueue[Result]", seconds: float, is_slow: Callable[[], None] | None) -> Result:
    """What comes within so many seconds. Raises queue.Empty."""
    soon = min(_SLOW, seconds)
    with suppress(queue.Empty):
        return results.get(timeout=soon)
    if is_slow is not None:
        is_slow()
    return results.get(timeout=seconds - soon)
