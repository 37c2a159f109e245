"""What of a value's readings the warehouse knows: by the digests of texts, so that each is a look into an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import BindParameter, Connection, Row, bindparam

from cowrie_assets.cowrie.artefacts import ArtefactKind
from cowrie_assets.finding.readings import Kind, Reading, network_in, readings
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.sql import statement

MOST_VALUES = 256
"""A network is looked up by so many of its addresses at most, a host by so many of its urls: those that came last."""
URLS_LOOKED_AT = 20_000
"""A host is looked for in so many urls, those that came last."""
_MD5_DIGITS, _SHA1_DIGITS = 32, 40
Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A value of one kind that the warehouse may have sessions of."""

    kind: Kind
    value: str
    """As logged; of a network or a host as it is usually written."""
    ids: tuple[int, ...]
    """`texts.id` of the value, or of those that it stands for: a network's addresses, a host's urls. Of a session
    `session_keys.id`, of a technique `technique_rules.id`."""
    username_id: int = 0
    """Of a credential."""
    normal_form: str | None = None
    """Of a command: what its form is called, where that is another text."""
    normal_form_id: int | None = None
    mark_kind: ArtefactKind | None = None
    mark_id: int = 0
    """`texts.id` of it as what commands name, `artefact_facts.value_id`, where they may: by `mark_kind`."""
    of: tuple[str, ...] = ()
    """The newest of what it stands for: urls of a host."""
    sighted: tuple[int, ...] = ()
    """`texts.id` by which it is among the sightings, where these are others than `ids`."""
    is_cut: bool = False
    """Whether it stands for more than was looked at."""


def subjects_of(connection: Connection, value: str, only: Kind | None = None) -> list[Subject]:
    """What `value` may be, as far as the warehouse knows its texts. Raises ReadingError."""
    wanted = [reading for reading in readings(value) if only in (None, reading.kind)]
    ids = _text_ids(connection, wanted)
    found: list[Subject] = []
    for reading in wanted:
        found += _READ[reading.kind](connection, reading, ids)
    return found


def rows_of(connection: Connection, name: str, **binds: Any) -> Rows:  # noqa: ANN401
    """Run `sql/finding/<name>.sql`; a list is bound where the file says `IN :name`."""
    query = statement(f"finding/{name}", connection.dialect.name)
    lists: list[BindParameter[Any]] = [
        bindparam(key, expanding=True) for key, value in binds.items() if isinstance(value, list)
    ]
    return connection.execute(query.bindparams(*lists), binds).all()


def _text_ids(connection: Connection, wanted: Sequence[Reading]) -> dict[str, int]:
    """`{text: texts.id}` of all texts of the readings that the warehouse has; the text itself is as logged."""
    texts = {digest_of(text): text for reading in wanted for text in reading.texts}
    found: dict[str, int] = {}
    for some in chunks(list(texts)):
        for row in rows_of(connection, "texts", digests=list(some)):
            found[decode_text(row.text)] = row.id
    return found


def _known(kind: Kind) -> Any:  # noqa: ANN401
    """A value that is a text of its own."""

    def read(_: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
        return [Subject(kind, text, (ids[text],)) for text in reading.texts if text in ids]

    return read


def _network(connection: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    """Its addresses: of the networks that hold some, those that lie in it."""
    network = network_in(reading.value)
    stored = [ids[text] for text in reading.texts if text in ids]
    if network is None or not stored:
        return []
    rows = rows_of(connection, "addresses", networks=stored, most=MOST_VALUES + 1)
    inside = [row for row in rows[:MOST_VALUES] if _lies_in(decode_text(row.text), network)]
    is_cut = len(rows) > MOST_VALUES
    addresses = tuple(row.id for row in inside)
    return [Subject(Kind.NETWORK, str(network), addresses, is_cut=is_cut)] if addresses else []


def _lies_in(address: str, network: Any) -> bool:  # noqa: ANN401
    parsed: IPv4Address | IPv6Address = ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed) in network


def _file(connection: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    """By SHA-256; by MD5 and SHA-1 where its bytes were examined."""
    (text,) = reading.texts
    if len(text) in (_MD5_DIGITS, _SHA1_DIGITS):
        rows = rows_of(connection, "files", digest=bytes.fromhex(text))
        return [Subject(Kind.FILE, decode_text(row.text), (row.id,)) for row in rows]
    return [Subject(Kind.FILE, text, (ids[text],))] if text in ids else []


def _url(_: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    (url,) = reading.texts
    if url not in ids:
        return []
    return [Subject(Kind.URL, url, (ids[url],), mark_kind=ArtefactKind.URL, mark_id=ids[url])]


def _named(kind: Kind, mark_kind: ArtefactKind) -> Any:  # noqa: ANN401
    """A value that commands and files name."""

    def read(_: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
        return [
            Subject(kind, text, (), mark_kind=mark_kind, mark_id=ids[text]) for text in reading.texts if text in ids
        ]

    return read


def _campaign(_: Connection, reading: Reading, __: dict[str, int]) -> list[Subject]:
    return [Subject(Kind.CAMPAIGN, reading.texts[0], ())]


def _technique(connection: Connection, reading: Reading, _: dict[str, int]) -> list[Subject]:
    """The rules that say it of a session, or a subtechnique of it."""
    (technique,) = reading.texts
    rows = rows_of(connection, "rules_of_technique", technique=technique, subtechniques=f"{technique}.%")
    rules, texts = tuple(row.id for row in rows), tuple(dict.fromkeys(row.technique_id for row in rows))
    return [Subject(Kind.TECHNIQUE, technique, rules, sighted=texts)] if rules else []


def _host(connection: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    (host,) = reading.texts
    literal = encode_text(host).replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = rows_of(connection, "urls", pattern=f"%{literal}%", looked_at=URLS_LOOKED_AT, most=MOST_VALUES + 1)
    urls = [(row.id, decode_text(row.text)) for row in rows[:MOST_VALUES]]
    of_host = [(number, url) for number, url in urls if _host_of(url) == host]
    if not of_host and host not in ids:
        return []
    return [
        Subject(
            Kind.HOST,
            host,
            tuple(number for number, _ in of_host),
            mark_kind=ArtefactKind.HOST if host in ids else None,
            mark_id=ids.get(host, 0),
            of=tuple(url for _, url in of_host),
            is_cut=len(rows) > MOST_VALUES,
        )
    ]


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _credential(_: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    user, password = reading.texts
    if user not in ids or password not in ids:
        return []
    return [Subject(Kind.CREDENTIAL, f"{user}:{password}", (ids[password],), username_id=ids[user])]


def _command(connection: Connection, reading: Reading, ids: dict[str, int]) -> list[Subject]:
    command = reading.texts[0]
    if command not in ids:
        return []
    forms = rows_of(connection, "normal_form", value_id=ids[command])
    if not forms:
        return []
    form = decode_text(forms[0].text)
    other = form if form != command else None
    return [Subject(Kind.COMMAND, command, (ids[command],), normal_form=other, normal_form_id=forms[0].id)]


def _session(connection: Connection, reading: Reading, _: dict[str, int]) -> list[Subject]:
    """One on each sensor that has a session of this id; the first spelling that a session has."""
    sensors = rows_of(connection, "sensors")
    for session_id in reading.texts:
        found: list[int] = []
        for some in chunks([digest_of(str(row.id), session_id) for row in sensors]):
            found += [row.session_ref for row in rows_of(connection, "session_keys", digests=list(some))]
        if found:
            return [Subject(Kind.SESSION, session_id, tuple(found))]
    return []


_READ = {
    Kind.ADDRESS: _known(Kind.ADDRESS),
    Kind.NETWORK: _network,
    Kind.FILE: _file,
    Kind.URL: _url,
    Kind.HOST: _host,
    Kind.HASSH: _known(Kind.HASSH),
    Kind.CREDENTIAL: _credential,
    Kind.USERNAME: _known(Kind.USERNAME),
    Kind.PASSWORD: _known(Kind.PASSWORD),
    Kind.COMMAND: _command,
    Kind.NORMAL_FORM: _known(Kind.NORMAL_FORM),
    Kind.SESSION: _session,
    Kind.TECHNIQUE: _technique,
    Kind.CAMPAIGN: _campaign,
    Kind.SSH_KEY: _named(Kind.SSH_KEY, ArtefactKind.SSH_KEY),
    Kind.WALLET: _named(Kind.WALLET, ArtefactKind.WALLET),
    Kind.ENDPOINT: _named(Kind.ENDPOINT, ArtefactKind.ENDPOINT),
}
