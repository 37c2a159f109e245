"""The sections of the text report that count: sessions, credentials, commands, files, sources, and what lies behind."""

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.render import wording
from cowrie_assets.reports.render.plain_text import fit
from cowrie_assets.reports.render.text_layout import HALF, beside, figures, heading, top
from cowrie_assets.reports.render.wording import number, percent, share

_HISTOGRAM_BAR = 12


def sessions(document: ReportDocument) -> list[str]:
    """Totals, protocols, commands per session, durations."""
    section = document["sessions"]
    total, durations = section["total"], section["durations"]
    protocols = [
        (f"Over {layout.name(protocol)}", share(count, total)) for protocol, count in section["protocols"].items()
    ]
    return [
        *heading("Sessions", "counted in sessions"),
        *figures(
            ("Sessions", f"{total:,}"),
            ("Source addresses", f"{section['unique_ips']:,}"),
            ("Logged in", share(section["with_login_success"], total)),
            ("With commands", share(section["with_commands"], total)),
            ("Closed", share(section["closed"], total)),
            ("Tunnel requests", f"{section['tunnel_requests']:,}"),
            ("With tunnel requests", share(section["with_tunnel_requests"], total)),
            ("Malware (VirusTotal)", share(section["vt_flagged"], total)),
            ("Listed by DShield", share(section["dshield_flagged"], total)),
            *protocols,
        ),
        "",
        *_by_protocol(document),
        *beside(
            _histogram(
                "Commands per session",
                [(wording.commands_class(item), item["sessions"]) for item in section["commands_histogram"]],
            ),
            _histogram(
                "Duration",
                [(wording.durations_class(item), item["sessions"]) for item in durations["histogram"]],
            ),
        ),
        *beside(
            _pairs(
                ("average", number(section["avg_commands"])),
                ("least", number(section["min_commands"])),
                ("median", number(section["median_commands"])),
                ("95 % at most", number(section["p95_commands"])),
                ("most", number(section["max_commands"])),
            ),
            _pairs(
                ("average", f"{number(section['avg_duration_seconds'])} s"),
                ("least", f"{number(durations['min_seconds'])} s"),
                ("median", f"{number(durations['median_seconds'])} s"),
                ("95 % at most", f"{number(durations['p95_seconds'])} s"),
                ("most", f"{number(durations['max_seconds'])} s"),
            ),
        )[:-1],
    ]


def credentials(document: ReportDocument) -> list[str]:
    """What was tried at the door."""
    section, credentials = document["sessions"], document["credentials"]
    attempts = section["login_attempts"]
    return [
        *heading("Credentials", "counted in login attempts"),
        *figures(
            ("Attempts", f"{attempts:,}"),
            ("Different usernames", f"{credentials['unique_usernames']:,}"),
            ("Successful", share(section["login_successes"], attempts)),
            ("Different passwords", f"{credentials['unique_passwords']:,}"),
            ("Failed", share(section["login_failures"], attempts)),
        ),
        "",
        *beside(
            top("Top usernames", credentials["top_usernames"], HALF),
            top("Top passwords", credentials["top_passwords"], HALF),
        ),
        *top("Top combinations", credentials["top_combinations"])[:-1],
    ]


def commands(document: ReportDocument) -> list[str]:
    """What was typed."""
    section = document["commands"]
    return [
        *heading("Commands", "counted as typed, each time"),
        *figures(
            ("Commands", f"{section['total']:,}"),
            ("Different commands", f"{section['unique']:,}"),
            ("High risk", share(section["high_risk_total"], section["total"])),
        ),
        "",
        *top("Top commands", section["top_commands"], lines=3),
        *top("Last commands, counted in sessions", section["top_last_commands"], lines=3)[:-1],
    ]


def files(document: ReportDocument) -> list[str]:
    """What was fetched and brought."""
    section = document["files"]
    return [
        *heading("Files", "counted as transferred, each time"),
        *figures(
            ("Downloads", f"{section['downloads']:,}"),
            ("Different files", f"{section['unique_hashes']:,}"),
            ("Downloads failed", f"{section['downloads_failed']:,}"),
            ("Malicious (VirusTotal)", share(section["vt_malicious"], section["unique_hashes"])),
            ("Uploads", f"{section['uploads']:,}"),
        ),
        "",
        *top("Top SHA-256", section["top_hashes"], note=wording.trivial),
        *top("Top URLs", section["top_urls"], lines=2)[:-1],
    ]


def sources(document: ReportDocument) -> list[str]:
    """Where sessions came from."""
    section = document["sources"]
    return [
        *heading("Sources", "counted in sessions"),
        *figures(("Source networks", f"{section['unique_networks']:,}")),
        "",
        *beside(
            top("Top addresses", section["top_ips"], HALF),
            top("Top networks", section["top_networks"], HALF),
        )[:-1],
    ]


def clients(document: ReportDocument) -> list[str]:
    """What connected."""
    section = document["clients"]
    return [
        *heading("Clients", "counted in sessions"),
        *top("Top client versions", section["top_versions"]),
        *top("Top HASSH", section["top_hassh"])[:-1],
    ]


def tunnels(document: ReportDocument) -> list[str]:
    """Where sessions wanted to be connected to."""
    sessions, section = document["sessions"], document["tunnels"]
    return [
        *heading("Tunnels", "counted in requests"),
        *figures(
            ("Tunnel requests", f"{sessions['tunnel_requests']:,}"),
            ("Different targets", f"{section['unique_targets']:,}"),
            ("Sessions", share(sessions["with_tunnel_requests"], sessions["total"])),
        ),
        "",
        *top("Top targets", section["top_targets"])[:-1],
    ]


def enrichments(document: ReportDocument) -> list[str]:
    """How much of the period others were asked about."""
    hashes, addresses = document["enrichments"]["files"], document["enrichments"]["addresses"]
    return [
        *heading("Enrichment", "files by VirusTotal, addresses by DShield"),
        *figures(
            ("Different files", f"{hashes['unique_hashes']:,}"),
            ("Source addresses", f"{addresses['unique_ips']:,}"),
            ("Files judged", f"{hashes['judged']:,} ({percent(hashes['coverage_percent'])})"),
            ("Addresses judged", f"{addresses['judged']:,} ({percent(addresses['coverage_percent'])})"),
            ("Files malicious", f"{hashes['malicious']:,}"),
            ("Addresses listed", f"{addresses['dshield_flagged']:,}"),
            ("Files pending", f"{hashes['pending']:,}"),
            ("Files failed", f"{hashes['failed']:,}"),
        ),
        "",
        *top("Classifications, counted in files", hashes["classifications"])[:-1],
    ]


def operations(document: ReportDocument) -> list[str]:
    """What the report rests on: lines read, dead letters, gaps, checks."""
    section = document["operations"]
    dead = section["dead_letters"]
    gaps = [
        f"{wording.minute(gap['start'])} to {wording.minute(gap['end'])}, {gap['hours']:,} h "
        f"({gap['unusual_hours']:,} unusual), sensor {gap['sensor']}"
        for gap in section["gaps"]
    ]
    return [
        *heading("Operations", "of the logs that begin in the period"),
        *figures(
            ("Logs", f"{section['logs']:,}"),
            ("Lines", f"{section['lines']:,}"),
            ("Events", f"{section['events']:,}"),
            ("Duplicates", f"{section['duplicates']:,}"),
            ("Dead letters", f"{dead['total']:,} ({percent(dead['percent'])})"),
            ("Blank", f"{section['blank']:,}"),
            ("Hours without events", f"{section['gap_hours']:,}"),
            ("Version", fit(section["version"], 20)),
        ),
        "",
        *layout.paragraph(wording.checks(document), lines=8),
        *(layout.paragraph(missing, lines=8) if (missing := wording.missing(document)) else []),
        *(["", *top("Dead letters by reason", dead["by_reason"])[:-1]] if dead["by_reason"] else []),
        *([""] if (told := [*wording.gaps(document), *wording.names_and_ids(document)]) else []),
        *(line for sentence in told for line in layout.paragraph(sentence, lines=8)),
        *(["", "  Unusual hours without events"] if gaps else []),
        *(f"    {fit(gap, layout.COLUMNS - 5)}" for gap in gaps),
    ]


def _by_protocol(document: ReportDocument) -> list[str]:
    """A line for each protocol."""
    head = ("protocol", "sessions", "in", "typing", "logins", "success", "commands", "down", "up", "average s")
    keys = (
        *("sessions", "with_login_success", "with_commands", "login_attempts", "login_successes"),
        *("commands", "file_downloads", "file_uploads", "avg_duration_seconds"),
    )
    rows = [
        [fit(each["protocol"], 13), *(number(each[key]) for key in keys)]  # type: ignore[literal-required]
        for each in document["sessions"]["by_protocol"]
    ]
    return [*layout.table(head, rows), ""] if rows else []


def _histogram(title: str, classes: list[tuple[str, int]]) -> list[str]:
    most = max([1, *(sessions for _, sessions in classes)])
    return [
        f"  {title}",
        *(
            f"  {label:>14}{sessions:>12,} {'#' * round(_HISTOGRAM_BAR * sessions / most)}".rstrip()
            for label, sessions in classes
        ),
        "",
    ]


def _pairs(*pairs: tuple[str, str]) -> list[str]:
    return [*(f"  {label:>14}{value:>20}" for label, value in pairs), ""]
