"""Team Cymru: network, country and registry of many addresses at once, by whois over one socket."""

from collections.abc import Mapping, Sequence

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.places import Place
from cowrie_assets.enrichment.service import Lookup, Rates, Service, UnreadableAnswerError, WhoisQuery, days
from cowrie_assets.enrichment.services.fields import filled, number, text

_COLUMNS = 7
"""`AS | IP | BGP Prefix | CC | Registry | Allocated | AS Name`"""


def _request(values: Sequence[str]) -> WhoisQuery:
    return WhoisQuery(("begin", "verbose", *(str(public_address(value)) for value in values), "end"))


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    """A line that was cut is left out, and so are the values behind it. A row of an address that was not asked about
    makes all of them doubtful."""
    asked = {str(public_address(value)): value for value in values}
    said: dict[str, Said] = {}
    for line in body.decode("utf-8", "replace").split("\n")[:-1]:
        columns = [column.strip() for column in line.split("|", _COLUMNS - 1)]
        if len(columns) < _COLUMNS:
            continue  # a greeting, or an error
        value = asked.get(str(public_address(columns[1])))
        if value is None:
            raise UnreadableAnswerError("answered about an address that it was not asked about")
        said[value] = _of_row(columns)
    if not said:
        raise UnreadableAnswerError("answered without a line about any address")
    return said


def _of_row(columns: Sequence[str]) -> Said:
    asn, _, prefix, country, registry, allocated, name = (None if each == "NA" else text(each) for each in columns)
    first = number(asn.split()[0]) if asn else None  # a network that several announce has several
    data = filled(asn=first, as_name=name, country=country, network=prefix, registry=registry, allocated=allocated)
    return Said(data=data)


def _place(said: Said) -> Place:
    return Place.bounded(said.data.get("country"), said.data.get("asn"), said.data.get("as_name"))


CYMRU = Service(
    name="cymru",
    title="Team Cymru",
    url="whois://whois.cymru.com:43",
    rates=Rates(per_minute=6),
    needs="switch",
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(30), at_once=2_000, place=_place),),
)
