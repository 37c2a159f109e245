"""The report as one HTML file: no script, no request to anywhere, below 1 MB whatever the document holds."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.pages.subjects import mark
from cowrie_assets.reports.pages.timeline import Value
from cowrie_assets.reports.render import heat, wording
from cowrie_assets.reports.render.charts import Column, bar_chart, column_chart
from cowrie_assets.reports.render.countries import country_map, country_name, off_the_map
from cowrie_assets.reports.render.definitions import CHAPTERS
from cowrie_assets.reports.render.links import NO_LINKS, Links
from cowrie_assets.reports.render.masking import mask_passwords
from cowrie_assets.reports.render.plain_text import harmless, quoted
from cowrie_assets.reports.sections.alerts import LONGEST_MESSAGE
from cowrie_assets.reports.ways import Ways

MOST_BYTES = 1_000_000
_ROWS_AND_CHARACTERS = ((1000, 300), (200, 200), (50, 120))
"""How many items of a list and characters of a value are shown: the first that make a page below MOST_BYTES."""
_FEWEST = (10, 60)
"""With these every page is, whoever wrote what into it."""
_OF_A_DIGEST = 12
"""Characters of a digest that stand for it where there is little room."""
_FOLDER = Path(__file__).parent
_TORN_ESCAPE = re.compile(r"\\(x.?|u.{0,3}|U.{0,7})?$")


def render_html(
    document: ReportDocument, *, masked: bool = False, ways: Ways | None = None, links: Links = NO_LINKS
) -> bytes:
    """`document` as a page in UTF-8; with `masked`, no password in it can be read.

    It leads to other reports by `ways`, and to pages of what it lists by `links`, which are masked as it is.
    A long value is cut and its full length told, a long list is cut and its rest counted: the JSON has all of them.
    """
    shown = mask_passwords(document) if masked else document
    values = {
        **shown,
        "document": shown,
        "masked": masked,
        "ways": ways,
        "links": links,
        "pages": "pages/",
        "known_files": {each["shasum"]: each for each in shown["enrichments"]["files"]["known"]},
        "known_addresses": {each["address"]: each for each in shown["enrichments"]["addresses"]["known"]},
    }
    for rows, characters in _ROWS_AND_CHARACTERS:
        page = _page_below(MOST_BYTES, {**values, "rows": rows, "characters": characters})
        if page is not None:
            return page
    rows, characters = _FEWEST
    return render_template("report.html.j2", {**values, "rows": rows, "characters": characters})


def render_template(name: str, values: Mapping[str, Any]) -> bytes:
    """A page of `templates/`; everything in `values` that is text is escaped."""
    return _ENVIRONMENT.get_template(name).render(values).encode("utf-8")


def _page_below(most: int, values: Mapping[str, Any]) -> bytes | None:
    """The report's page, or None as soon as it has `most` bytes."""
    parts, size = [], 0
    for part in _ENVIRONMENT.get_template("report.html.j2").generate(values):
        parts.append(part.encode("utf-8"))
        size += len(parts[-1])
        if size >= most:
            return None
    return b"".join(parts)


@pass_context
def _value(context: Context, text: str | None, most: int | None = None, is_name: bool = False) -> Markup:
    """What an attacker or a log wrote, as a `<code>` that stands for itself: escaped, defanged, cut to what fits.

    It is cut to `most` characters where these are fewer than the page's own limit. `is_name` is as `defang` has it.
    """
    if text is None:
        return Markup('<span class="none">none</span>')
    return _code(text, min(context["characters"], most or context["characters"]), len(text), is_name=is_name)


def _code(text: str, limit: int, characters: int, *, is_name: bool = False) -> Markup:
    """`text`, the beginning of one of so many `characters`, in at most `limit` of them."""
    shown = quoted(harmless(text[: limit + 1], is_name=is_name), text)
    if characters <= limit and len(shown) <= limit:
        return Markup("<code>%s</code>") % shown
    cut = _TORN_ESCAPE.sub("", shown[:limit])
    return Markup('<code>%s…</code> <small class="cut">cut, %s characters</small>') % (cut, f"{characters:,}")


@pass_context
def _linked(
    context: Context, text: str | None, place: str | None, sensor: str | None = None, most: int | None = None
) -> Markup:
    """A value as `_value` shows it, leading to what the page's `links` have for it in such a place of a report."""
    return _leading(context, _value(context, text, most), text, place, sensor)


@pass_context
def _digest(context: Context, text: str, place: str) -> Markup:
    """The beginning of a digest, leading to the page of the whole."""
    beginning = text[:_OF_A_DIGEST]
    shown = quoted(harmless(beginning), beginning)[: 2 * _OF_A_DIGEST]
    code = Markup("<code>%s%s</code>") % (_TORN_ESCAPE.sub("", shown), "…" if len(text) > _OF_A_DIGEST else "")
    return _leading(context, code, text, place)


@pass_context
def _linked_name(context: Context, text: str | None, place: str | None) -> Markup:
    """As `_linked`, of what is a name."""
    return _leading(context, _value(context, text, is_name=True), text, place)


def _leading(context: Context, shown: Markup, text: str | None, place: str | None, sensor: str | None = None) -> Markup:
    href = context["links"].href(place, text, sensor) if place and text is not None else None
    return shown if href is None else Markup('<a href="%s">%s</a>') % (context["pages"] + href, shown)


@pass_context
def _excerpt(context: Context, value: Value) -> Markup:
    """A value of an event, leading to its own page where it has one."""
    shown = _code(value.text, context["characters"], value.characters)
    href = context["links"].page(value.place, value.text)
    return shown if href is None else Markup('<a href="%s">%s</a>') % (context["pages"] + href, shown)


def _mark(text: str, sensor: str | None = None) -> str:
    """What stands for a value, or a session of a sensor, in an anchor."""
    return mark(text) if sensor is None else mark(sensor, text)


def _label(text: str, most: int = 60, is_name: bool = False) -> str:
    """What a log wrote, for a place that holds no markup: the title, a heading, an attribute."""
    shown = quoted(harmless(text[: most + 1], is_name=is_name), text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


def _name(text: str, most: int = 60) -> str:
    """As `_label`, of what is a name, or a sentence that quotes names: no host stands in it."""
    return _label(text, most, is_name=True)


def _volume_chart(volume: Mapping[str, Any]) -> Markup:
    """SSH below, telnet on it, sessions of other protocols on top."""
    columns = [
        Column(
            wording.volume_label(item["start"], len(volume["items"])),
            (item["ssh"], item["telnet"], item["sessions"] - item["ssh"] - item["telnet"]),
        )
        for item in volume["items"]
    ]
    return column_chart(columns, "volume-chart")


def _commands_chart(histogram: list[Mapping[str, Any]]) -> Markup:
    return bar_chart([(wording.commands_class(item), item["sessions"]) for item in histogram], "commands-chart")


def _durations_chart(histogram: list[Mapping[str, Any]]) -> Markup:
    return bar_chart([(wording.durations_class(item), item["sessions"]) for item in histogram], "durations-chart")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    environment.filters |= {
        "value": _value,
        "label": _label,
        "name": _name,
        "linked": _linked,
        "linked_name": _linked_name,
        "digest": _digest,
        "excerpt": _excerpt,
        "mark": _mark,
        "instant": wording.instant,
        "seconds": wording.seconds,
        "elapsed": wording.elapsed,
        "number": wording.number,
        "percent": wording.percent,
        "signed": wording.signed,
        "signed_percent": wording.signed_percent,
        "minute": wording.minute,
        "trivial": wording.trivial,
        "volume_chart": _volume_chart,
        "commands_chart": _commands_chart,
        "durations_chart": _durations_chart,
        "country_name": country_name,
        "country_map": country_map,
    }
    style = "".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("style.css", "pages.css"))
    environment.globals |= {
        "longest_message": LONGEST_MESSAGE,
        "wording": wording,
        "heat": heat,
        "off_the_map": off_the_map,
        "chapters": CHAPTERS,
        "style": Markup(style),  # noqa: S704  (ours)
    }
    return environment


_ENVIRONMENT = _environment()
