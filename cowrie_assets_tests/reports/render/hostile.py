"""What attackers could write into every text of a document, and a document with it everywhere."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from cowrie_assets.reports.document import ReportDocument

Path = tuple[str | int, ...]

HOSTILE = {
    "markup": "<b>bold</b><img src=x onerror=alert(1)><a href='http://evil.example/'>x</a>",
    "script": "</script><script>alert(1)</script><svg onload=alert(1)>",
    "attribute": '" onmouseover="alert(1)" style="--x:1" \' onclick=\'alert(1)\' x=`y`',
    "end of a block": "]]> --></style></title></textarea></details></main><script>alert(2)</script><!--",
    "template": "{{ 7*7 }}{% raw %}{{ self.__class__ }}",
    "url": "https://evil.example/a?b=<c>&d=e javascript:alert(1) www.evil.example data:text/html,x",
    "entity": "&lt;script&gt;&#60;script&#62;&amp;&quot;",
    "bidi": "a\u202egpj.exe\u202c \u2066\u2069 \u200f \u200b\ufeff\u061c",
    "control": "\x00\x01\x07\x08\t\r\n\x0b\x0c\x1b[2J\x1b]0;owned\x07\x7f\x85\x9f\u2028\u2029",
    "surrogate": "\ud800 \udfff \U000e0001\U0010ffff\ufffe",
    "zalgo": "e" + "\u0301\u0489" * 200,
    "right to left": "שלום عربى ABC",
    "long": "A" * 60_000,
    "long markup": "<\"&'>" * 12_000,
    "long control": "\x1b\u202e" * 30_000,
    "blank": "   ",
    "empty": "",
}

_OURS = {
    "start",
    "end",
    "period",
    "report_type",
    "generated_at",
    "first_event_at",
    "last_event_at",
    "since",
    "checked_at",
    "verdicts_as_of",
    "median_of",
    "weekday",
    "first_seen",
    "last_seen",
    "waiting_days",
}
"""Instants and labels of periods: the project makes them and no log reaches them."""


def texts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the texts of a document stand."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in _OURS:
                yield from texts(each, (*path, key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from texts(each, (*path, place))
    elif isinstance(value, str) and path != ("volume", "by"):
        yield path


def with_text(document: ReportDocument, path: Path, text: str) -> ReportDocument:
    """A copy of `document` that has `text` at `path`."""
    changed: Any = deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    return changed  # type: ignore[no-any-return]


def all_hostile(document: ReportDocument, text: str) -> ReportDocument:
    """A copy of `document` that has `text` in every place, names of protocols and of alerts' figures among them."""
    changed = replaced(document, lambda path, old: text if path != ("volume", "by") else old)
    changed["sessions"]["protocols"] = {text: 17}
    for alert in changed["alerts"]:
        alert["figures"] = {text: text, f"{text}2": [text, text]}
    return changed


def replaced(value: Any, change: Callable[[Path, str], str], path: Path = ()) -> Any:
    """A copy of `value` with every text changed."""
    if isinstance(value, dict):
        return {key: each if key in _OURS else replaced(each, change, (*path, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, change, (*path, place)) for place, each in enumerate(value)]
    return change(path, value) if isinstance(value, str) else value
