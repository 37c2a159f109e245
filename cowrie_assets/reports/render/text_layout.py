"""Blocks of a text report: lists of lines, none longer than COLUMNS, in an ASCII frame."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from cowrie_assets.reports.render.plain_text import fit, pad, width, wrap
from cowrie_assets.reports.top_list import TopItem

COLUMNS = 100
HALF = 49
RULE = "=" * COLUMNS

Figure = tuple[str, str]
"""A label and what stands behind it."""
_LABEL, _FIGURE = 22, 20
_LARGE = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3))
_LONG = re.compile(r"[0-9]+(,[0-9]{3})+([.][0-9]+)?")


def ends(left: str, right: str) -> str:
    """A line with something at either end."""
    return f"{pad(left, COLUMNS - 2 - width(right))}{right}"


def heading(title: str, note: str) -> list[str]:
    """A section's title, and what is counted in it."""
    return ["", ends(title.upper(), note), "-" * COLUMNS]


def paragraph(text: str, *, indent: int = 2, lines: int = 3, is_name: bool = False) -> list[str]:
    """Text of our own or of a log in up to `lines` lines, broken between words where all of it fits so.

    `is_name` is as `defang` has it.
    """
    columns = COLUMNS - indent - 1
    rows = [""]
    for word in fit(text, columns * lines, is_name=is_name).split(" "):
        if rows[-1] and width(rows[-1]) + 1 + width(word) > columns:
            rows.append(word)
        else:
            rows[-1] += f" {word}" if rows[-1] else word
    if len(rows) > lines or max(map(width, rows)) > columns:
        rows = wrap(text, columns, lines=lines, is_name=is_name)
    return [f"{'':{indent}}{row}" for row in rows]


def figures(*pairs: Figure) -> list[str]:
    """Figures in two columns, filled row by row."""
    cells = [f"  {pad(label, _LABEL)}{'':{max(0, _FIGURE - width(figure))}}{figure}" for label, figure in pairs]
    return [f"{pad(left, HALF + 2)}{right}" for left, right in zip_longest(cells[::2], cells[1::2], fillvalue="")]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int = COLUMNS) -> list[str]:
    """Rows of a label and numbers, as wide as they must be; numbers are shortened (`12.3M`) beyond `columns`."""
    lines = _aligned([head, *rows])
    if max(map(width, lines)) <= columns:
        return lines
    return _aligned([head, *([label, *(_LONG.sub(_short, cell) for cell in cells)] for label, *cells in rows)])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + pad(label, widths[0])
        + "".join(f"{cell:>{each + 2}}" for cell, each in zip(cells, widths[1:], strict=True))
        for label, *cells in rows
    ]


def top(
    title: str,
    items: Sequence[TopItem],
    columns: int = COLUMNS,
    *,
    lines: int = 1,
    note: Callable[[str], str] | None = None,
    are_names: bool = False,
) -> list[str]:
    """A top list: rank, value in up to `lines` lines, move, count, and a bar that shows it against the first one's.

    Where all are counted 1 there are no bars. What `note` says of a value stands below it. Values that `are_names` hold
    no host.
    """
    most = max([1, *(item["count"] for item in items)])
    rank_columns = 2 + max(2, len(str(len(items))))
    count_columns = max(8, len(f"{most:,}") + 1)
    move_columns = 5 if any("previous_rank" in item for item in items) else 0
    bar_columns = 18 - move_columns if columns == COLUMNS else 8
    value_columns = columns - rank_columns - 2 - move_columns - count_columns - 1 - bar_columns
    rows = [f"  {title}"]
    for rank, item in enumerate(items, 1):
        first, *more = wrap(item["value"], value_columns, lines=lines, is_name=are_names)
        moved = f"{_move(rank, item):>{move_columns}}" if move_columns else ""
        bar = "#" * max(1, round(bar_columns * item["count"] / most)) if most > 1 else ""
        rows.append(
            f"{rank:>{rank_columns}}  {pad(first, value_columns)}{moved}{item['count']:>{count_columns},} {bar}"
        )
        noted = note(item["value"]) if note else ""
        rows.extend(f"{'':{rank_columns}}  {line}" for line in [*more, *([noted] if noted else [])])
    return [*rows, *([] if items else ["      none"]), ""]


def beside(left: list[str], right: list[str]) -> list[str]:
    """Two blocks side by side."""
    rows = zip_longest(left[:-1], right[:-1], fillvalue="")
    return [*(f"{pad(one, HALF + 2)}{other}" for one, other in rows), ""]


def stacked_bars(parts: Sequence[tuple[int, int, int]], columns: int) -> Iterator[str]:
    """Bars of `#`, `=` and `.` for three parts each, the longest sum `columns` wide."""
    most = max([1, *map(sum, parts)])
    for row in parts:
        edges = [round(columns * sum(row[: end + 1]) / most) for end in range(3)]
        yield "#" * edges[0] + "=" * (edges[1] - edges[0]) + "." * (edges[2] - edges[1])


def name(text: str) -> str:
    """What a log calls something, short enough for a figure's label."""
    return fit(text, _LABEL - len("Over  "))


def _move(rank: int, item: TopItem) -> str:
    """`new`, `+2` (rose two places), `-1`, `=`; nothing where there is no period before."""
    if "previous_rank" not in item:
        return ""
    before = item["previous_rank"]
    if before is None:
        return "new"
    return f"{before - rank:+}" if before != rank else "="


def _short(written: re.Match[str]) -> str:
    value = float(written[0].replace(",", ""))
    unit, size = next(large for large in _LARGE if value >= large[1])
    return f"{value / size:.4g}{unit}"
