"""In which formats indicators leave, by name."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from cowrie_assets.indicators.documents import as_csv, as_json, as_txt
from cowrie_assets.indicators.indicator import Indicator
from cowrie_assets.indicators.misp import as_misp
from cowrie_assets.indicators.stix import as_stix

Format = Callable[[Iterable[Indicator]], Iterator[bytes]]
NAMES = ("csv", "txt", "json", "stix", "misp")
SUFFIXES = {"csv": ".csv", "txt": ".txt", "json": ".json", "stix": ".stix.json", "misp": ".misp.json"}


def formats(title: str, as_of: int) -> dict[str, Format]:
    """Each format: indicators in, the parts of a file out. `title` names the event of MISP, `as_of` (microseconds) is
    the time of the versions; STIX takes indicators of all days (`collecting.whole`)."""
    return {
        "csv": as_csv,
        "txt": as_txt,
        "json": as_json,
        "stix": partial(as_stix, as_of=as_of),
        "misp": partial(as_misp, title=title, as_of=as_of),
    }
