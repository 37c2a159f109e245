"""The sections of the text report that count: sessions, credentials, commands, files, sources, and what lies behind."""

import re
from collections.abc import Sequence

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.render import wording
from cowrie_assets.reports.render.plain_text import fit, width
from cowrie_assets.reports.render.text_layout import HALF, beside, figures, heading, top
from cowrie_assets.reports.render.wording import lasting, number, percent, sessions_with, share, verdict
from cowrie_assets.reports.sections.origins import Numbered, Service

_ADDRESS = 22
_PREFIX = re.compile("/[0-9]{1,3}$")
_HISTOGRAM_BAR = 12
_COUNTRIES = 20
_NAME = 25


def sessions(document: ReportDocument) -> list[str]:
    """Totals, protocols, commands per session, durations."""
    section = document["sessions"]
    total, durations = section["total"], section["durations"]
    hashes, ips = document["enrichments"]["files"], document["enrichments"]["addresses"]
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
            (
                "Malware (VirusTotal)",
                sessions_with(section["vt_flagged"], hashes["judged"], hashes["unique_hashes"], total),
            ),
            ("Listed by DShield", sessions_with(section["dshield_flagged"], ips["judged"], ips["unique_ips"], total)),
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
                ("average", lasting(section["avg_duration_seconds"])),
                ("least", lasting(durations["min_seconds"])),
                ("median", lasting(durations["median_seconds"])),
                ("95 % at most", lasting(durations["p95_seconds"])),
                ("most", lasting(durations["max_seconds"])),
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
        *top("Top commands", section["top_commands"], lines=2),
        *top("Last commands, counted in sessions", section["top_last_commands"], lines=2)[:-1],
    ]


def files(document: ReportDocument) -> list[str]:
    """What was fetched and brought."""
    section, judged = document["files"], document["enrichments"]["files"]["judged"]
    return [
        *heading("Files", "counted as transferred, each time"),
        *figures(
            ("Downloads", f"{section['downloads']:,}"),
            ("Different files", f"{section['unique_hashes']:,}"),
            ("Downloads failed", f"{section['downloads_failed']:,}"),
            ("Malicious (VirusTotal)", verdict(section["vt_malicious"], judged, section["unique_hashes"])),
            ("Uploads", f"{section['uploads']:,}"),
        ),
        "",
        *top("Top SHA-256", section["top_hashes"], note=wording.trivial),
        *_known_files(document),
        *top("Top URLs", section["top_urls"], lines=2)[:-1],
    ]


def sources(document: ReportDocument) -> list[str]:
    """Where sessions came from."""
    section = document["sources"]
    return [
        *heading("Sources", "counted in sessions"),
        *figures(("Source networks", f"{section['unique_networks']:,}")),
        *(line for told in (wording.known_scanners(document),) if told for line in layout.paragraph(told)),
        "",
        *beside(
            top("Top addresses", section["top_ips"], HALF),
            top("Top networks", section["top_networks"], HALF),
        ),
        *_addresses(document),
        *_origins(document),
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
            ("Files not judged", f"{hashes['unjudged']:,}"),
            ("Addresses not judged", f"{addresses['unjudged']:,}"),
            ("Files malicious", f"{hashes['malicious']:,}"),
            ("Addresses listed", f"{addresses['dshield_flagged']:,}"),
            ("Files clean", f"{hashes['clean']:,}"),
            ("Addresses not listed", f"{addresses['unlisted']:,}"),
            ("Files unknown", f"{hashes['unknown']:,}"),
            ("Files pending", f"{hashes['pending']:,}"),
            ("Files failed", f"{hashes['failed']:,}"),
        ),
        "",
        *top("Classifications, counted in files", hashes["classifications"], are_names=True)[:-1],
        *_services(document["enrichments"]["services"]),
    ]


def _services(services: list[Service]) -> list[str]:
    """A line for each service that answered."""
    head = ("service", "asked about", "answered", "malicious")
    rows = [
        [
            fit(each["service"], _NAME),
            fit(wording.VALUES.get(each["kind"], each["kind"]), _NAME),
            number(each["answered"]),
            number(each["malicious"]),
        ]
        for each in services
    ]
    return ["", *layout.table(head, rows)] if rows else []


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
        *layout.paragraph(wording.checks(document)),
        *(layout.paragraph(missing) if (missing := wording.missing(document)) else []),
        *(["", *top("Dead letters by reason", dead["by_reason"])[:-1]] if dead["by_reason"] else []),
        *([""] if (told := [*wording.gaps(document), *wording.names_and_ids(document)]) else []),
        *(line for sentence in told for line in layout.paragraph(sentence, lines=3)),
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


def _known_files(document: ReportDocument) -> list[str]:
    """What services say of the listed files."""
    lines = []
    for known in document["enrichments"]["files"]["known"]:
        said = "; ".join(wording.said_of_file(known))
        lines += [
            f"  {fit(known['shasum'], layout.COLUMNS - 3)}",
            *layout.paragraph(said, indent=4, lines=2, is_name=True),
        ]
    return (
        ["  What services say of them, of new files and of those of sessions to look at", *lines, ""] if lines else []
    )


def _origins(document: ReportDocument) -> list[str]:
    """Countries, networks by their operators, and lists that name addresses; nothing where nothing is known."""
    places, tags = document["enrichments"]["places"], document["enrichments"]["tags"]
    pairs: list[list[tuple[str, Sequence[tuple[str, Numbered]]]]] = [
        [
            ("country", [(wording.country(each["country"]), each) for each in places["countries"][:_COUNTRIES]]),
            ("network operator", [(wording.system_name(each), each) for each in places["autonomous_systems"]]),
        ],
        [
            ("named by a list", [(wording.list_name(each), each) for each in tags["lists"]]),
            ("named as", [(each["kind"], each) for each in tags["kinds"]]),
        ],
    ]
    lines = []
    for pair in pairs:
        left, right = (_numbered(head, found) for head, found in pair)
        lines += beside(left, right) if left or right else []
    more = len(places["countries"]) - _COUNTRIES
    told = [
        *([f"{more:,} more countries are in the JSON."] if more > 0 else []),
        *([missing] if (missing := wording.without_country(document)) else []),
    ]
    return [*([""] if lines else []), *(lines if told else lines[:-1]), *(f"  {sentence}" for sentence in told)]


def _numbered(head: str, found: Sequence[tuple[str, Numbered]]) -> list[str]:
    """Half a page of what came of each; nothing of none."""
    rows = [
        [fit(name, _NAME, is_name=True), number(each["sessions"]), number(each["addresses"])] for name, each in found
    ]
    return [*layout.table((head, "sessions", "addresses"), rows, HALF), ""] if rows else []


def _addresses(document: ReportDocument) -> list[str]:
    """A line for each of the top addresses, behind that of an address which needs its own; below it what is known."""
    addresses = document["sources"]["addresses"]
    known = {each["address"]: each for each in document["enrichments"]["addresses"]["known"]}
    head = ("address", "net", "sessions", "first", "last", "logins", "in", "commands", "files")
    keys = ("login_attempts", "login_successes", "commands", "files")
    labels = [fit(each["address"], layout.COLUMNS - 3) for each in addresses]
    rows = [
        [
            label if width(label) <= _ADDRESS else "",
            "-" if (prefix := _PREFIX.search(each["network"] or "")) is None else prefix[0],
            number(each["sessions"]),
            *(wording.minute(each[key])[5:] for key in ("first_event_at", "last_event_at")),
            *(number(each[key]) for key in keys),  # type: ignore[literal-required]
        ]
        for each, label in zip(addresses, labels, strict=True)
    ]
    if not rows:
        return []
    title, *lines = layout.table(head, rows)
    found = [title]
    for each, label, row in zip(addresses, labels, lines, strict=True):
        found += [*([f"  {label}"] if width(label) > _ADDRESS else []), row]
        said = [known[each["address"]]] if each["address"] in known else []
        told = [part for one in said for part in (wording.place(one), wording.named_by(one)) if part]
        found += layout.paragraph("; ".join(told), indent=4, lines=1, is_name=True) if told else []
    return found


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
