"""The report as plain text: 100 columns in an ASCII frame, fit for a terminal and for mail."""

from datetime import date, timedelta
from itertools import zip_longest

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import ReportType
from cowrie_assets.reports.render.plain_text import fit, pad, width, wrap
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.reports.top_list import TopItem

COLUMNS = 100
_HALF = 49
_TITLES: dict[ReportType, str] = {"daily": "Daily report", "weekly": "Weekly report", "monthly": "Monthly report"}
_NOT_COMPLETE = "  Not complete: the period still runs, or some of its events are not summarised yet."

Figure = tuple[str, str]
"""A label and what stands behind it."""


def render_text(document: ReportDocument) -> str:
    """All numbers of `document` in lines of at most 100 columns.

    Long values are cut and end in `...`, URLs are defanged; whole and unchanged they stand in the JSON.
    """
    sources, clients = document["sources"], document["clients"]
    blocks = [
        _head(document),
        _sessions(document),
        _credentials(document),
        _commands(document),
        _files(document),
        _heading("Sources and clients", "counted in sessions"),
        _beside(
            _top("Top addresses", sources["top_ips"], _HALF),
            _top("Top client versions", clients["top_versions"], _HALF),
        ),
        _top("Top HASSH", clients["top_hassh"], COLUMNS),
        ["=" * COLUMNS],
    ]
    return "".join(f"{line.rstrip()}\n" for block in blocks for line in block)


def _head(document: ReportDocument) -> list[str]:
    title = f"  COWRIE  {_TITLES[document['report_type']]} {document['period']}"
    sensor = document["sensor"]
    whose = "all sensors" if sensor == AGGREGATE else fit(f"sensor {sensor}", COLUMNS - len(title) - 6)
    made = f"written {document['generated_at'][:16].replace('T', ' ')} UTC"
    lines = ["=" * COLUMNS, _ends(title, whose), _ends(f"  {_span(document)}", made)]
    return [*lines, *([] if document["complete"] else [_NOT_COMPLETE]), "=" * COLUMNS]


def _span(document: ReportDocument) -> str:
    first, behind = date.fromisoformat(document["start"][:10]), date.fromisoformat(document["end"][:10])
    last = behind - timedelta(days=1)
    if first == last:
        return f"{first:%A} {first}, UTC"
    return f"{first:%A} {first} to {last:%A} {last}, UTC"


def _sessions(document: ReportDocument) -> list[str]:
    sessions = document["sessions"]
    total = sessions["total"]
    protocols = [(f"Over {fit(name, 16)}", _share(count, total)) for name, count in sessions["protocols"].items()]
    return [
        *_heading("Sessions", "counted in sessions"),
        *_figures(
            ("Sessions", f"{total:,}"),
            ("Source addresses", f"{sessions['unique_ips']:,}"),
            ("Logged in", _share(sessions["with_login_success"], total)),
            ("With commands", _share(sessions["with_commands"], total)),
            ("Closed", _share(sessions["closed"], total)),
            ("Average duration", f"{sessions['avg_duration_seconds']:,.2f} s"),
            ("Malware (VirusTotal)", _share(sessions["vt_flagged"], total)),
            ("Listed by DShield", _share(sessions["dshield_flagged"], total)),
            ("Commands, average", f"{sessions['avg_commands']:,.2f}"),
            ("Commands, median", f"{sessions['median_commands']:,}"),
            ("Commands, least", f"{sessions['min_commands']:,}"),
            ("Commands, 95 % at most", f"{sessions['p95_commands']:,}"),
            ("Commands, most", f"{sessions['max_commands']:,}"),
            ("", ""),
            *protocols,
        ),
        "",
    ]


def _credentials(document: ReportDocument) -> list[str]:
    sessions, credentials = document["sessions"], document["credentials"]
    attempts = sessions["login_attempts"]
    return [
        *_heading("Credentials", "counted in login attempts"),
        *_figures(
            ("Attempts", f"{attempts:,}"),
            ("Different usernames", f"{credentials['unique_usernames']:,}"),
            ("Successful", _share(sessions["login_successes"], attempts)),
            ("Different passwords", f"{credentials['unique_passwords']:,}"),
            ("Failed", _share(sessions["login_failures"], attempts)),
        ),
        "",
        *_beside(
            _top("Top usernames", credentials["top_usernames"], _HALF),
            _top("Top passwords", credentials["top_passwords"], _HALF),
        ),
        *_top("Top combinations", credentials["top_combinations"], COLUMNS),
    ]


def _commands(document: ReportDocument) -> list[str]:
    commands = document["commands"]
    return [
        *_heading("Commands", "counted as typed, each time"),
        *_figures(
            ("Commands", f"{commands['total']:,}"),
            ("Different commands", f"{commands['unique']:,}"),
            ("High risk", _share(commands["high_risk_total"], commands["total"])),
        ),
        "",
        *_top("Top commands", commands["top_commands"], COLUMNS, lines=3),
    ]


def _files(document: ReportDocument) -> list[str]:
    files = document["files"]
    return [
        *_heading("Files", "counted as transferred, each time"),
        *_figures(
            ("Downloads", f"{files['downloads']:,}"),
            ("Different files", f"{files['unique_hashes']:,}"),
            ("Downloads failed", f"{files['downloads_failed']:,}"),
            ("Malicious (VirusTotal)", _share(files["vt_malicious"], files["unique_hashes"])),
            ("Uploads", f"{files['uploads']:,}"),
        ),
        "",
        *_top("Top SHA-256", files["top_hashes"], COLUMNS),
        *_top("Top URLs", files["top_urls"], COLUMNS, lines=2),
    ]


def _heading(title: str, counted: str) -> list[str]:
    return ["", _ends(title.upper(), counted), "-" * COLUMNS]


def _figures(*figures: Figure) -> list[str]:
    """Figures in two columns, filled row by row."""
    cells = [f"  {pad(label, 22)}{figure:>20}" for label, figure in figures]
    return [f"{pad(left, _HALF + 2)}{right}" for left, right in zip_longest(cells[::2], cells[1::2], fillvalue="")]


def _top(title: str, items: list[TopItem], columns: int, *, lines: int = 1) -> list[str]:
    """A top list: rank, value in up to `lines` lines, count, and a bar that shows the count against the first one's."""
    most = max([1, *(item["count"] for item in items)])
    rank_columns = 2 + max(2, len(str(len(items))))
    count_columns = max(8, len(f"{most:,}") + 1)
    bar_columns = 18 if columns == COLUMNS else 8
    value_columns = columns - rank_columns - 2 - count_columns - 1 - bar_columns
    rows = [f"  {title}"]
    for rank, item in enumerate(items, 1):
        first, *more = wrap(item["value"], value_columns, lines=lines)
        bar = "#" * max(1, round(bar_columns * item["count"] / most))
        rows.append(f"{rank:>{rank_columns}}  {pad(first, value_columns)}{item['count']:>{count_columns},} {bar}")
        rows.extend(f"{'':{rank_columns}}  {line}" for line in more)
    return [*rows, *([] if items else ["      none"]), ""]


def _beside(left: list[str], right: list[str]) -> list[str]:
    """Two blocks side by side."""
    rows = zip_longest(left[:-1], right[:-1], fillvalue="")
    return [*(f"{pad(one, _HALF + 2)}{other}" for one, other in rows), ""]


def _ends(left: str, right: str) -> str:
    return f"{pad(left, COLUMNS - 2 - width(right))}{right}"


def _share(count: int, total: int) -> str:
    """A count and its share: `1,234 (56.7 %)`."""
    return f"{count:,} ({100 * count / total:.1f} %)" if total else f"{count:,}"
