"""The report as plain text: 100 columns in an ASCII frame, fit for a terminal and for mail."""

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.render import wording
from cowrie_assets.reports.render.masking import mask_passwords
from cowrie_assets.reports.render.plain_text import fit, pad, width, wrap
from cowrie_assets.reports.render.text_campaigns import campaigns, longtail, snowshoe, ssh_keys
from cowrie_assets.reports.render.text_heat_map import heat_map
from cowrie_assets.reports.render.text_sections import (
    clients,
    commands,
    credentials,
    enrichments,
    files,
    operations,
    sessions,
    sources,
    tunnels,
)
from cowrie_assets.reports.render.text_techniques import techniques
from cowrie_assets.reports.render.wording import number
from cowrie_assets.reports.sections.alerts import LONGEST_MESSAGE, Alert
from cowrie_assets.reports.sections.interesting import InterestingSession

COLUMNS = layout.COLUMNS
_ALERT, _SESSION = 16, 7
"""Columns that the lines of an alert and of a session are indented by."""
_MESSAGE_LINES = 2 + 2 * LONGEST_MESSAGE // (COLUMNS - _ALERT)
"""A message is never cut: so many lines hold the longest there is, in wide characters too."""
_FIGURE_LINES = 2
_LONG_NEWS = ("urls", "commands")
"""Lists of what is new whose values may take two lines."""
_NAME = 40
"""Columns of a name within a sentence: who wrote it chose its length, and what stands behind it is to be seen."""


def render_text(document: ReportDocument, *, masked: bool = False) -> str:
    """All numbers of `document` in lines of at most 100 columns; with `masked`, no password in it can be read.

    Long values are cut and end in `...`, URLs are defanged; whole and unchanged they stand in the JSON.
    """
    shown = mask_passwords(document) if masked else document
    blocks = [
        _head(shown, masked=masked),
        _alerts(shown["alerts"]),
        _glance(shown),
        _volume(shown),
        heat_map(shown["heat_map"]),
        _new(shown),
        campaigns(shown),
        _interesting(shown["interesting"]),
        snowshoe(shown),
        longtail(shown),
        _abnormal(shown),
        techniques(shown),
        ssh_keys(shown),
        sessions(shown),
        credentials(shown),
        commands(shown),
        files(shown),
        sources(shown),
        clients(shown),
        tunnels(shown),
        enrichments(shown),
        operations(shown),
        [layout.RULE],
    ]
    return "".join(f"{line.rstrip()}\n" for block in blocks for line in block)


def _head(document: ReportDocument, *, masked: bool) -> list[str]:
    title = f"  COWRIE  {wording.TITLES[document['report_type']]} {document['period']}"
    whose = fit(wording.whose(document), COLUMNS - len(title) - 6)
    made = f"written {wording.minute(document['generated_at'])} UTC{', passwords masked' if masked else ''}"
    lines = [layout.RULE, layout.ends(title, whose), layout.ends(f"  {wording.span(document)}, UTC", made)]
    notes = [*([] if document["complete"] else [wording.NOT_COMPLETE]), *wording.privacy(document)]
    return [*lines, *(f"  {note}" for note in notes), layout.RULE]


def _alerts(alerts: list[Alert]) -> list[str]:
    lines = layout.heading("Alerts", "the gravest first")
    for alert in alerts:
        first, *more = layout.paragraph(alert["message"], indent=_ALERT, lines=_MESSAGE_LINES, is_name=True)
        lines += [f"  {pad(fit(alert['severity'].upper(), 13), _ALERT - 2)}{first[_ALERT:]}", *more]
        for name, figure in wording.alert_figures(alert):
            label = f"{'':{_ALERT}}{layout.name(name)}: "
            values = figure if isinstance(figure, list) else [figure if isinstance(figure, str) else number(figure)]
            for value in values:
                head, *rest = wrap(value, COLUMNS - 1 - width(label), lines=_FIGURE_LINES, is_name=True)
                lines += [f"{label}{head}", *(f"{'':{width(label)}}{each}" for each in rest)]
    return [*lines, *([] if alerts else ["  none"])]


def _glance(document: ReportDocument) -> list[str]:
    rows, changes = [], document["changes"]["figures"]
    for key, title in wording.FIGURES.items():
        change = changes[key]
        rows.append(
            [
                title,
                number(change["value"]),
                number(change["previous"]),
                wording.signed(change["change"]),
                wording.signed_percent(change["change_percent"]),
                number(change["median"]),
                wording.signed(change["change_to_median"]),
                wording.signed_percent(change["change_to_median_percent"]),
            ]
        )
    head = ("", "now", "before", "change", "", "median", "change", "")
    return [
        *layout.heading("At a glance", ""),
        *layout.paragraph(" ".join(wording.summary(document)), lines=6),
        *layout.paragraph(wording.compared_with(document)),
        *(layout.paragraph(told) if (told := wording.partly_known(document)) else []),
        "",
        *layout.table(head, rows),
    ]


def _volume(document: ReportDocument) -> list[str]:
    volume = document["volume"]
    items = volume["items"]
    keys = ("sessions", "ssh", "telnet", "login_attempts", "commands", "file_downloads", "file_uploads")
    head = (volume["by"], "sessions", "ssh", "telnet", "logins", "commands", "down", "up")
    rows = [
        [wording.volume_label(item["start"], len(items)), *(number(item[key]) for key in keys)]  # type: ignore[literal-required]
        for item in items
    ]
    title, *lines = layout.table(head, rows, COLUMNS - 20)
    parts = [(item["ssh"], item["telnet"], max(0, item["sessions"] - item["ssh"] - item["telnet"])) for item in items]
    bars = layout.stacked_bars(parts, COLUMNS - 3 - width(title))
    drawn = (f"{line}  {bar}" for line, bar in zip(lines, bars, strict=True))
    return [*layout.heading("Volume", "by first event; # ssh, = telnet, . other"), title, *drawn]


def _new(document: ReportDocument) -> list[str]:
    lines = [*layout.heading("What is new", wording.look_back(document))]
    for key, title in wording.NEWS.items():
        news = document["new"][key]  # type: ignore[literal-required]
        lines += layout.top(f"{title}: {news['total']:,}", news["items"], lines=2 if key in _LONG_NEWS else 1)
    return lines[:-1]


def _interesting(found: list[InterestingSession]) -> list[str]:
    lines = layout.heading("Sessions to look at", "one of each campaign, then one of each behaviour")
    for session in wording.campaigns_first(found):
        deeds = [f"{wording.DEEDS.get(each['kind'], each['kind'])} {each['value']}" for each in session["headline"]]
        first, *more = (line for deed in deeds or ["-"] for line in wrap(deed, COLUMNS - _SESSION - 1, lines=2))
        protocol = session["protocol"] or "unknown protocol"
        campaign = "" if session["campaign"] is None else f", campaign {fit(session['campaign']['name'], _NAME)}"
        told = (
            f"{session['src_ip'] or 'no address'}, {protocol}, {wording.minute(session['first_event_at'])}, "
            f"{wording.lasting(session['duration_seconds'])}, sensor {fit(session['sensor'], _NAME)}, "
            f"session {fit(session['session_id'], _NAME)}, "
            f"client {fit(session['client_version'] or 'unknown', _NAME)}, "
            f"login {_login(session)}{campaign}"
        )
        counted = (
            f"risk {session['risk_score']:,}, alike {session['alike']:,}, commands {session['commands']:,}, "
            f"logins {session['login_successes']:,}, downloads {session['file_downloads']:,}, "
            f"uploads {session['file_uploads']:,}, tunnel requests {session['tunnel_requests']:,}"
        )
        typed = (f"$ {command}" for command in session["sample_commands"])
        values = [line for each in typed for line in wrap(each, COLUMNS - _SESSION - 1, lines=2)]
        lines += [
            f"{session['score']:>5,}  {first}",
            *(f"{'':{_SESSION}}{line}" for line in more),
            *layout.paragraph(f"why: {'; '.join(session['reasons']) or '-'}", indent=_SESSION),
            *layout.paragraph(told, indent=_SESSION),
            *layout.paragraph(counted, indent=_SESSION),
            *(f"{'':{_SESSION}}{line}" for line in values),
            *(f"{'':{_SESSION}}{fit(shasum, COLUMNS - _SESSION - 1)}" for shasum in session["shasums"]),
            "",
        ]
    return lines[:-1] if found else [*lines, "  none"]


def _login(session: InterestingSession) -> str:
    if session["username"] is None and session["password"] is None:
        return "none"
    return f"{fit(session['username'] or '-', _NAME)}:{fit(session['password'] or '-', _NAME)}"


def _abnormal(document: ReportDocument) -> list[str]:
    abnormal = document["abnormal"]
    rare = ", ".join(f"{each['commands']:,} ({each['sessions']:,})" for each in abnormal["rare_command_counts"])
    lines = [
        *layout.heading("Abnormal sessions", "rare numbers of commands, files new to VirusTotal"),
        *layout.figures(
            ("Rare number of commands", f"{abnormal['uncommon_command_sessions']:,}"),
            ("Recently submitted", f"{abnormal['recent_vt_submission_sessions']:,}"),
        ),
        *layout.paragraph(f"Rare numbers of commands (and sessions): {rare or 'none'}", lines=8),
    ]
    for session in abnormal["sessions"]:
        told = (
            f"{wording.minute(session['first_event_at'])} {session['src_ip'] or 'no address'}, "
            f"sensor {fit(session['sensor'], _NAME)}, session {fit(session['session_id'], _NAME)}, "
            f"commands {session['commands']:,}: "
            f"{'; '.join(session['reasons'])}"
        )
        lines += layout.paragraph(told, lines=2)
    return lines
