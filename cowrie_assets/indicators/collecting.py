"""Indicators of some days, worked out of the summaries, the campaigns and what is known of addresses and files.

Values come in the order of their texts, some thousands at a time: memory does not grow with the days.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam

from cowrie_assets.campaigns.marks import MarkKind, joins_by_host
from cowrie_assets.clock import day_number
from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.named_lists import ListKind
from cowrie_assets.indicators.hosts import is_public
from cowrie_assets.indicators.indicator import Indicator, IndicatorType, Reason, split_endpoint, spread, type_of_host
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

_AT_A_TIME = 2_000
_EARLIEST, _LATEST = date(1, 1, 1), date(9999, 12, 31)
_SCANNERS = frozenset({ListKind.SCANNER, ListKind.RESEARCHER})
_BAD = frozenset({ListKind.BOTNET, ListKind.BLOCKLIST})
_HOST_OF_URL = re.compile(r"[a-z0-9+.-]+://(\[[^\]@]*\]|[^/:?#@]*)(?::[0-9]*)?(?:[/?#]|\Z)", re.IGNORECASE)
"""A URL with a login in it does not match: whose password that is, nobody knows."""
_DOWNLOADED, _USED = 2, 1
"""What `sql/indicators/artefacts.sql` calls evidence; 0: merely named."""
_PRINTABLE = re.compile(r"[!#-&(-~]{1,2048}")
"""What a value may hold: no blank, no quote of either kind, nothing that steers a terminal."""
_TAG = re.compile(r"[^A-Za-z0-9._/:-]+")
_LONGEST_TAG = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which indicators are wanted."""

    first: date | None = None
    """Seen on this UTC day or later; None: ever."""
    last: date | None = None
    types: frozenset[IndicatorType] = frozenset(IndicatorType)
    min_confidence: int = 0
    """Those that are less sure are left out."""
    sensor_id: int = 0
    """Seen by this sensor; 0: by any."""
    all: bool = False
    """Known scanners, private addresses, trivial files and public hosts too, each with why it would be left out."""

    @property
    def binds(self) -> Mapping[str, int]:
        """Days and sensor, as statements take them."""
        first, last = day_number(self.first or _EARLIEST), day_number(self.last or _LATEST)
        return {"first": first, "last": last, "sensor_id": self.sensor_id}


def indicators(connection: Connection, wanted: Wanted) -> Iterator[Indicator]:
    """The indicators of the days, each type and value once: addresses, names of hosts, urls, endpoints, files, keys,
    wallets, each in the order of their texts. One from which sessions came and something was fetched has the tags and
    reasons of both, and the figures of the greater. An address from which sessions came gains nothing where it is
    merely named."""
    hosts = {(each.type, each.value): each for each in _of_source(connection, _HOSTS, wanted)}
    for each in _of_source(connection, _ADDRESSES, wanted):
        host = hosts.pop((each.type, each.value), None)
        yield from _let_through(each if host is None or _NAMED_TAG in host.tags else _both(each, host), wanted)
    for host in hosts.values():
        yield from _let_through(host, wanted)
    for source in _OTHERS:
        for each in _of_source(connection, source, wanted):
            yield from _let_through(each, wanted)


def whole(connection: Connection, chosen: Iterable[Indicator]) -> Iterator[Indicator]:
    """The same values with the figures of all days and sensors, whichever those of `chosen` are."""
    keys = {each.key for each in chosen}
    every = Wanted(types=frozenset(of for of, _ in keys), all=True)
    return (each for each in indicators(connection, every) if each.key in keys)


def _of_source(connection: Connection, source: "_Source", wanted: Wanted) -> Iterator[Indicator]:
    """Whatever there is of the types that are wanted."""
    if not source.types & wanted.types:
        return
    for some in _rows(connection, source, wanted):
        known = _Known.of(connection, source, [row.value_id for row in some])
        for row in some:
            value = decode_text(row.value)
            found = source.read(value, row, known) if _PRINTABLE.fullmatch(value) else None
            if found is not None and found.type in wanted.types:
                yield found


def _let_through(found: Indicator, wanted: Wanted) -> Iterator[Indicator]:
    if found.confidence >= wanted.min_confidence and (wanted.all or found.left_out is None):
        yield found


def _both(address: Indicator, host: Indicator) -> Indicator:
    """An address from which sessions came, and from which others fetched something."""
    return replace(
        address,
        first_seen=min(address.first_seen, host.first_seen),
        last_seen=max(address.last_seen, host.last_seen),
        sessions=max(address.sessions, host.sessions),
        sensors=max(address.sensors, host.sensors),
        reasons=tuple(dict.fromkeys((*address.reasons, *host.reasons))),
        tags=(*address.tags, *host.tags),
        campaign_id=host.campaign_id or address.campaign_id,
        left_out=address.left_out,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What else is known of some values, by `texts.id`."""

    campaigns: Mapping[int, str]
    lists: Mapping[int, frozenset[str]]
    verdicts: Mapping[int, Row[Any]]

    @classmethod
    def of(cls, connection: Connection, source: "_Source", ids: Sequence[int]) -> "_Known":
        campaigns = _most_frequent(_look_up(connection, source.campaigns, ids, kind=source.mark))
        lists: dict[int, set[str]] = defaultdict(set)
        verdicts: dict[int, Row[Any]] = {}
        if source.kind is Kind.ADDRESS:
            for row in _look_up(connection, "lists_of_addresses", ids):
                lists[row.value_id].add(row.kind)
        if source.kind is not None:
            verdicts = {row.value_id: row for row in _look_up(connection, "verdicts", ids, kind=int(source.kind))}
        return cls(campaigns, {number: frozenset(kinds) for number, kinds in lists.items()}, verdicts)


def _look_up(connection: Connection, name: str, ids: Sequence[int], *, kind: int | None = None) -> Iterator[Row[Any]]:
    query = statement(f"indicators/{name}", connection.dialect.name).bindparams(bindparam("ids", expanding=True))
    more = {} if kind is None else {"kind": kind}
    for some in chunks(ids):
        yield from connection.execute(query, {"ids": some, **more})


def _most_frequent(rows: Iterator[Row[Any]]) -> dict[int, str]:
    """The campaign with most sessions of each value; of several, the first by id."""
    best: dict[int, tuple[int, str]] = {}
    for row in rows:
        standing = (-row.sessions, row.campaign_id)
        if row.value_id not in best or standing < best[row.value_id]:
            best[row.value_id] = standing
    return {value_id: campaign for value_id, (_, campaign) in best.items()}


@dataclass(frozen=True, slots=True)
class _Source:
    """Where values of some types come from."""

    statement: str
    """The file of `sql/indicators/` that lists them."""
    read: "_Reader"
    """The indicator of a value and its row; None where it is none."""
    types: frozenset[IndicatorType]
    mark: MarkKind | None
    """What campaigns know them as; None: the addresses of sessions."""
    kind: Kind | None = None
    """What services know them as."""

    @property
    def campaigns(self) -> str:
        """The file that tells their campaigns."""
        return "campaigns_of_addresses" if self.mark is None else "campaigns_of_marks"


def _made(
    of: IndicatorType,
    value: str,
    row: Row[Any],
    known: _Known,
    *,
    reasons: Sequence[Reason],
    tags: Sequence[str],
    left_out: str | None = None,
) -> Indicator:
    return Indicator(
        of,
        value,
        row.first_seen,
        row.last_seen,
        row.sessions,
        row.sensors,
        (*reasons, *spread(row.sessions, row.sensors)),
        tuple(tags),
        known.campaigns.get(row.value_id),
        left_out,
    )


def _address(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    of = type_of_host(value)
    if of is IndicatorType.DOMAIN:
        return None
    reasons, tags = [Reason(20, "it opened sessions")], ["source"]
    for did, points, why, tag in (
        (row.logged_in, 15, "it logged in", "login"),
        (row.ran_commands, 20, "it ran commands", "commands"),
        (row.left_files, 25, "it fetched or left files", "files"),
    ):
        if did:
            reasons.append(Reason(points, why))
            tags.append(tag)
    lists = known.lists.get(row.value_id, frozenset())
    if lists & _BAD:
        reasons.append(Reason(10, "a blocklist names it"))
    verdict = known.verdicts.get(row.value_id)
    if verdict is not None and verdict.malicious:
        reasons.append(Reason(10, "a service calls it malicious"))
    tags += sorted(f"list:{kind}" for kind in lists)
    left_out = "a known scanner" if lists & _SCANNERS else None
    return _made(of, value, row, known, reasons=reasons, tags=tags, left_out=left_out or _private(value))


def _private(host: str) -> str | None:
    """Why a host means nothing elsewhere; None where it does."""
    return None if is_public(host) else "no public address"


def _fetched(evidence: int, came: str, told: str) -> tuple[Reason, str, str | None]:
    """The reason where something came, or where a downloader was told to fetch; the tag, and why it is left out."""
    if evidence == _DOWNLOADED:
        return Reason(60, came), "delivery", None
    if evidence == _USED:
        return Reason(45, told), "delivery", None
    return _NAMED


_NAMED_TAG = "named"
_NAMED = Reason(20, "a command names it"), _NAMED_TAG, "it is merely named"


def _host(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    reason, tag, named = _fetched(
        row.evidence, "something was fetched from it", "a downloader was told to fetch from it"
    )
    left_out = _private(value) or (None if joins_by_host(value) else "a host that everybody uses") or named
    return _made(type_of_host(value), value.strip("[]"), row, known, reasons=[reason], tags=[tag], left_out=left_out)


def _url(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    match = _HOST_OF_URL.match(value)
    if match is None or not match[1]:
        return None
    host = match[1].lower().rstrip(".")
    reason, tag, named = _fetched(row.evidence, "something was fetched by it", "a downloader was told to fetch it")
    reasons, private = [reason], _private(host)
    if private is None and not joins_by_host(host.strip("[]")):
        reasons.append(Reason(-20, "it lies on a host that everybody uses"))
    return _made(IndicatorType.URL, value, row, known, reasons=reasons, tags=[tag], left_out=private or named)


def _endpoint(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    try:
        host, _ = split_endpoint(value)
    except ValueError:
        return None
    reason, tag, named = (Reason(45, "a command connects to it"), "c2", None) if row.evidence == _USED else _NAMED
    left_out = _private(host) or (None if joins_by_host(host) else "a host that everybody uses") or named
    return _made(IndicatorType.ENDPOINT, value, row, known, reasons=[reason], tags=[tag], left_out=left_out)


def _file(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    reasons, tags = [Reason(50, "it was fetched or left")], ["uploaded"] if row.uploaded else []
    verdict = known.verdicts.get(row.value_id)
    if verdict is not None and verdict.malicious:
        reasons.append(Reason(35, "a service calls it malicious"))
        label = _TAG.sub("-", decode_text(verdict.label or ""))[:_LONGEST_TAG].strip("-")
        tags += [f"malware:{label}"] if label else []
    elif verdict is not None:
        reasons.append(Reason(-20, "services that know it call it harmless"))
    left_out = "it holds next to nothing" if is_trivial(value) else None
    return _made(IndicatorType.SHA256, value, row, known, reasons=reasons, tags=tags, left_out=left_out)


def _ssh_key(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    reasons = [Reason(80, "it was put where it lets its owner in")]
    return _made(IndicatorType.SSH_KEY, value, row, known, reasons=reasons, tags=[row.subtype] if row.subtype else [])


def _wallet(value: str, row: Row[Any], known: _Known) -> Indicator | None:
    reasons = [Reason(80, "a miner or a note names it")]
    return _made(IndicatorType.WALLET, value, row, known, reasons=reasons, tags=[row.subtype] if row.subtype else [])


_Reader = Callable[[str, Row[Any], _Known], Indicator | None]
_OF_ADDRESSES = frozenset({IndicatorType.IPV4, IndicatorType.IPV6})
_ADDRESSES = _Source("addresses", _address, _OF_ADDRESSES, None, Kind.ADDRESS)
_HOSTS = _Source("artefacts", _host, _OF_ADDRESSES | {IndicatorType.DOMAIN}, MarkKind.HOST)
_OTHERS = (
    _Source("artefacts", _url, frozenset({IndicatorType.URL}), MarkKind.URL),
    _Source("artefacts", _endpoint, frozenset({IndicatorType.ENDPOINT}), MarkKind.ENDPOINT),
    _Source("files", _file, frozenset({IndicatorType.SHA256}), MarkKind.FILE, Kind.FILE),
    _Source("artefacts", _ssh_key, frozenset({IndicatorType.SSH_KEY}), MarkKind.SSH_KEY),
    _Source("artefacts", _wallet, frozenset({IndicatorType.WALLET}), MarkKind.WALLET),
)


def _rows(connection: Connection, source: _Source, wanted: Wanted) -> Iterator[Sequence[Row[Any]]]:
    binds = dict(wanted.binds)
    if source.statement == "artefacts" and source.mark is not None:
        binds["kind"] = int(source.mark)
    query = statement(f"indicators/{source.statement}", connection.dialect.name)
    found = connection.execute(query, binds, execution_options={"yield_per": _AT_A_TIME})
    yield from found.partitions()
