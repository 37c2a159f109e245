"""The digest of a period: its report in one screen, made from the written JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cowrie_assets.notifications.message import Link, Message, Section, quoted, title
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.masking import mask_passwords
from cowrie_assets.reports.render.text_layout import COLUMNS, paragraph
from cowrie_assets.reports.render.wording import (
    DEEDS,
    FIGURES,
    NEWS,
    campaign_lists,
    campaigns_waiting,
    compared_with,
    country,
    known_scanners,
    look_back,
    names_and_ids,
    partly_known,
    said_of_file,
    signed,
    signed_percent,
    summary,
    without_country,
)
from cowrie_assets.reports.sections.alerts import LONGEST_MESSAGE, Alert
from cowrie_assets.reports.sections.new import NewList
from cowrie_assets.reports.top_list import TopItem

_TOP = 5
_NEW_SHOWN = 3
_INTERESTING = 3
_ALERTS = 20
_NARROW = 64
_MESSAGE_LINES = 2 + 2 * LONGEST_MESSAGE // COLUMNS
_PAYLOAD_CHARACTERS = 300
_PAYLOAD_ITEMS = 20


@dataclass(frozen=True, slots=True)
class DigestLinks:
    """Where a reader who is not on this machine opens the report, and the list of all."""

    report: str
    index: str

    def shown(self) -> tuple[Link, ...]:
        """Them as links of a message."""
        return Link("The whole report", self.report), Link("All reports", self.index)


def digest_message(
    document: ReportDocument, *, key: str, at_us: int, page: Path, masked: bool, links: DigestLinks | None = None
) -> Message:
    """What is told of a period; `page` is the file of the whole report. With `masked`, no password can be read.

    Raises KeyError, TypeError or ValueError (PeriodError is one) where `document` is no report of this version.
    """
    period = parse_period(document["report_type"], document["period"])
    shown = mask_passwords(document) if masked else document
    sections = [
        Section("What happened", tuple(summary(shown))),
        Section("Alerts", _alerts(shown)),
        Section("Figures", (*_figures(shown), compared_with(shown), *filter(None, [partly_known(shown)]))),
        Section("New", (*_news(shown), look_back(shown))),
        Section("Campaigns", _campaigns(shown)),
        Section("Snowshoes: campaigns of many addresses that hardly ever come", _snowshoes(shown)),
        Section("Rare sessions", _rare(shown)),
        Section("Top addresses, in sessions", _top(shown["sources"]["top_ips"])),
        Section("Where they are, in sessions", _places(shown)),
        Section("What services say of new files", _files(shown)),
        Section("Top credentials, in attempts", _top(shown["credentials"]["top_combinations"])),
        Section("Top commands, in occurrences", _top(shown["commands"]["top_commands"])),
        Section("Top tunnel targets, in requests", _top(shown["tunnels"]["top_targets"])),
        Section("Interesting sessions", _interesting(shown)),
        Section("Names and ids", tuple(line for each in names_and_ids(shown) for line in _whole(each))),
        Section("The whole report", (quoted(str(page), 300),)),
    ]
    head = title(
        f"Cowrie {period.label}: {_counted(shown['sessions']['total'], 'session')}, "
        f"{_counted(shown['new']['hashes']['total'], 'new file')}, {_counted(len(shown['alerts']), 'alert')}"
    )
    return Message(
        event="digest",
        key=key,
        at_us=at_us,
        title=head,
        sections=tuple(section for section in sections if section.lines),
        payload=_payload(shown, head, page, links),
        links=() if links is None else links.shown(),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _alerts(document: ReportDocument) -> tuple[str, ...]:
    alerts = document["alerts"]
    lines = [line for alert in alerts[:_ALERTS] for line in _alert(alert)]
    return (*lines, f"and {len(alerts) - _ALERTS:,} more") if len(alerts) > _ALERTS else tuple(lines)


def _alert(alert: Alert) -> list[str]:
    """The whole message, in as many lines as it takes."""
    return _whole(f"{alert['severity']}: {alert['message']}")


def _whole(sentence: str) -> list[str]:
    first, *more = paragraph(sentence, indent=0, lines=_MESSAGE_LINES, is_name=True)
    return [first, *(f"    {line}" for line in more)]


def _figures(document: ReportDocument) -> list[str]:
    figures = document["changes"]["figures"]
    lines = []
    for name, label in FIGURES.items():
        change = figures[name]
        compared = "" if change["previous"] is None else f" ({_compared(change['change'], change['change_percent'])})"
        lines.append(f"{label}: {change['value']:,}{compared}")
    return lines


def _compared(change: float | None, percent: float | None) -> str:
    return signed(change) if percent is None else f"{signed(change)}, {signed_percent(percent)}"


def _news(document: ReportDocument) -> list[str]:
    lines = []
    lists = cast(Mapping[str, NewList], document["new"])
    for name, label in NEWS.items():
        found = lists[name]
        values = ", ".join(quoted(item["value"], _NARROW) for item in found["items"][:_NEW_SHOWN])
        more = ", ..." if found["total"] > _NEW_SHOWN else ""
        if found["total"]:
            lines.append(f"{label}: {found['total']:,} ({values}{more})")
    return lines


def _campaigns(document: ReportDocument) -> tuple[str, ...]:
    """Those that are new, those that grow, the largest others; how many are gone; what they do not know yet."""
    lines = []
    for label, found in campaign_lists(document):
        named = ", ".join(
            f"{quoted(each['name'], _NARROW)} ({_counted(each['sessions'], 'session')})"
            for each in found["items"][:_NEW_SHOWN]
        )
        lines += _whole(f"{label}: {found['total']:,} ({named}{', ...' if found['total'] > _NEW_SHOWN else ''})")
    gone, waiting = document["campaigns"]["gone"]["total"], campaigns_waiting(document)
    return (*lines, *([f"Gone: {gone:,}"] if gone else []), *(_whole(waiting) if waiting else []))


def _snowshoes(document: ReportDocument) -> tuple[str, ...]:
    return tuple(
        line
        for each in document["snowshoe"]["items"][:_NEW_SHOWN]
        for line in _whole(
            f"{quoted(each['name'], _NARROW)}: {_counted(each['sessions'], 'session')} from "
            f"{each['addresses']:,} addresses in {_counted(each['networks'], 'network')}, score {each['score']}"
        )
    )


def _rare(document: ReportDocument) -> tuple[str, ...]:
    return tuple(
        line
        for each in document["longtail"]["items"][:_NEW_SHOWN]
        for line in (
            f"session {quoted(each['session_id'], _NARROW)} of {quoted(each['sensor'], _NARROW)}, "
            f"score {each['score']}",
            *(f"    {quoted(trait['value'], 150)}" for trait in each["traits"][:1]),
        )
    )


def _top(items: Sequence[TopItem]) -> tuple[str, ...]:
    return tuple(f"{item['count']:>7,}  {quoted(item['value'])}" for item in items[:_TOP])


def _places(document: ReportDocument) -> tuple[str, ...]:
    """The first countries, and what known scanners made; nothing where no place and no list is known."""
    countries = document["enrichments"]["places"]["countries"][:_TOP]
    told = [known_scanners(document), without_country(document)]
    return (
        *(f"{each['sessions']:>7,}  {quoted(country(each['country']))}" for each in countries),
        *(sentence for sentence in told if sentence),
    )


def _files(document: ReportDocument) -> tuple[str, ...]:
    new = {item["value"] for item in document["new"]["hashes"]["items"]}
    known = [each for each in document["enrichments"]["files"]["known"] if each["shasum"] in new][:_TOP]
    return tuple(
        line for each in known for line in (quoted(each["shasum"]), f"    {quoted('; '.join(said_of_file(each)), 200)}")
    )


def _interesting(document: ReportDocument) -> tuple[str, ...]:
    lines: list[str] = []
    for session in document["interesting"][:_INTERESTING]:
        place = f"session {quoted(session['session_id'], _NARROW)} of {quoted(session['sensor'], _NARROW)}"
        source = quoted(session["src_ip"] or "an unknown address", _NARROW)
        lines.append(f"{place}, from {source}, score {session['score']}")
        deeds = [
            f"{DEEDS.get(each['kind'], each['kind'])} {quoted(each['value'], 150)}" for each in session["headline"]
        ]
        lines += [f"    {deed}" for deed in deeds] or [f"    {quoted('; '.join(session['reasons']), 200)}"]
    return tuple(lines)


def _payload(document: ReportDocument, head: str, page: Path, links: DigestLinks | None) -> Mapping[str, object]:
    """For programs: the same content, texts as they are but cut, and at most 20 items a list."""
    return {
        "event": "digest",
        "schema_version": document["schema_version"],
        "document_id": f"{document['sensor']}:{document['report_type']}:{document['period']}",
        "title": head,
        "report_type": document["report_type"],
        "period": document["period"],
        "start": document["start"],
        "end": document["end"],
        "generated_at": document["generated_at"],
        "report": str(page),
        "report_url": links and links.report,
        "index_url": links and links.index,
        "figures": {name: document["changes"]["figures"][name]["value"] for name in FIGURES},
        "changes": document["changes"],
        "alerts": [
            {**cast(Mapping[str, object], _bounded(alert)), "message": alert["message"][:LONGEST_MESSAGE]}
            for alert in document["alerts"][:_PAYLOAD_ITEMS]
        ],
        "new": _bounded(document["new"]),
        "campaigns": {
            name: _bounded(found) if isinstance(found, Mapping) else found
            for name, found in document["campaigns"].items()
            if name != "waiting_days"
        },
        "snowshoe": _bounded(document["snowshoe"]),
        "longtail": _bounded(document["longtail"]),
        "top": {
            "addresses": _bounded(document["sources"]["top_ips"][:_TOP]),
            "credentials": _bounded(document["credentials"]["top_combinations"][:_TOP]),
            "commands": _bounded(document["commands"]["top_commands"][:_TOP]),
            "countries": _bounded(document["enrichments"]["places"]["countries"][:_TOP]),
        },
        "interesting": _bounded(document["interesting"][:_INTERESTING]),
    }


def _bounded(value: object) -> object:
    """`value` with its texts and lists cut: what it is made of came from attackers."""
    if isinstance(value, str):
        return value if len(value) <= _PAYLOAD_CHARACTERS else value[: _PAYLOAD_CHARACTERS - 1] + "…"
    if isinstance(value, Mapping):
        return {name: _bounded(each) for name, each in list(value.items())[:_PAYLOAD_ITEMS]}
    if isinstance(value, Sequence):
        return [_bounded(each) for each in value[:_PAYLOAD_ITEMS]]
    return value
