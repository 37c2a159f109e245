"""Countries by their codes: their names, and a map on which each is one tile. The words are in `countries.toml`."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from markupsafe import Markup

from cowrie_assets.reports.sections.origins import Country

_CONTENT = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NAMES: Mapping[str, str] = _CONTENT["names"]
_TILES: Mapping[str, tuple[int, int]] = {
    code: (column, row)
    for row, line in enumerate(_CONTENT["tiles"].splitlines())
    for column, code in enumerate(line.split())
    if code != ".."
}
"""Column and row of each country that is on the map."""
_COLUMNS = 1 + max(column for column, _ in _TILES.values())
_ROWS = 1 + max(row for _, row in _TILES.values())
_SIZE, _GAP = 24, 2
_SHADES = 5


def country_name(code: str) -> str:
    """A country's name; the code itself where it is none that is known."""
    return _NAMES.get(code, code)


def off_the_map(countries: Sequence[Country]) -> list[Country]:
    """Those that have no tile: small islands, and codes that are none."""
    return [each for each in countries if each["country"] not in _TILES]


def country_map(countries: Sequence[Country], named_by: str) -> Markup:
    """A map as inline SVG: a country is the darker the more sessions came from it, on a logarithmic scale.

    `named_by` is the id of the element that names the map to who cannot see it.
    """
    box = f"0 0 {_COLUMNS * _SIZE} {_ROWS * _SIZE}"
    svg = ET.Element("svg", {"class": "map", "role": "img", "aria-labelledby": named_by, "viewBox": box})
    shown = {each["country"]: each["sessions"] for each in countries if each["country"] in _TILES}
    side = _SIZE - _GAP
    empty = "".join(_moved(code) + f"h{side}v{side}h-{side}z" for code in _TILES if code not in shown)
    ET.SubElement(svg, "path", {"class": "s0", "d": empty})
    for code, sessions in shown.items():
        column, row = _TILES[code]
        tile = ET.SubElement(svg, "g", {"class": f"s{shade(sessions, max(shown.values()))}"})
        ET.SubElement(tile, "title").text = f"{country_name(code)}: {sessions:,}"
        ET.SubElement(tile, "path", {"d": _moved(code) + f"h{side}v{side}h-{side}z"})
        middle = {"x": f"{column * _SIZE + side // 2}", "y": f"{row * _SIZE + side // 2 + 4}"}
        ET.SubElement(tile, "text", middle).text = code
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704  (codes and names of our own, and numbers)


def shade(sessions: int, most: int) -> int:
    """How dark so many sessions are: from 1 to `_SHADES`, which `most` have."""
    return _SHADES if most <= 1 else 1 + math.floor((_SHADES - 1) * math.log(sessions) / math.log(most) + 1e-9)


def _moved(code: str) -> str:
    column, row = _TILES[code]
    return f"M{column * _SIZE} {row * _SIZE}"
