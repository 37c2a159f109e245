"""What the text and the HTML report say in the same words: titles, names of figures, classes, changes, the summary."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cowrie_assets.clock import US_PER_SECOND, iso_us
from cowrie_assets.cowrie.trivial_files import trivial_content
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import ReportType
from cowrie_assets.reports.render.countries import country_name
from cowrie_assets.reports.sections.campaigns import CampaignList, CampaignOfPeriod
from cowrie_assets.reports.sections.interesting import InterestingSession
from cowrie_assets.reports.sections.known import KnownAddress, KnownFile
from cowrie_assets.reports.sections.origins import AutonomousSystem, TagKind, TagList
from cowrie_assets.reports.sections.privacy import TreatedDays
from cowrie_assets.reports.sections.techniques import ShownTechnique, TacticSessions
from cowrie_assets.reports.sensors import AGGREGATE

TITLES: dict[ReportType, str] = {"daily": "Daily report", "weekly": "Weekly report", "monthly": "Monthly report"}
_TACTICS_AT_HEAD = 8
_CAMPAIGNS_AT_HEAD = 3
NONE_YET = "none yet"
"""Of what is judged, where nothing is."""
NOT_KNOWN = "not known to any service"
NOT_COMPLETE = "Not complete: the period still runs, or some of its events are not summarised yet."
_TREATED = {"hash": "hashed", "drop": "dropped", "mixed": "hashed or dropped"}
FIGURES = {
    "sessions": "Sessions",
    "unique_ips": "Source addresses",
    "login_attempts": "Login attempts",
    "login_successes": "Successful logins",
    "commands": "Commands",
    "high_risk_commands": "High-risk commands",
    "file_downloads": "Downloads",
    "file_uploads": "Uploads",
    "unique_hashes": "Different files",
    "unique_passwords": "Different passwords",
}
"""The headline figures of `changes`, in the order in which they are shown."""
NEWS = {
    "hashes": "New files (SHA-256)",
    "urls": "New URLs",
    "commands": "New commands",
    "passwords": "New passwords",
    "hassh": "New HASSH",
    "networks": "New source networks",
    "techniques": "New techniques (ATT&CK)",
}
"""The lists of `new`, in the order in which they are shown."""
DEEDS = {
    "new_file": "left a new file",
    "file": "left the file",
    "command": "ran",
    "tunnel": "asked for a tunnel to",
    "login": "logged in as",
}
"""What stands before the value of a deed in a session's headline, by its kind."""
VALUES = {"file": "files", "address": "addresses"}
"""What a service is asked about, by the kind of its values."""
DEED_PLACES = {"new_file": "url", "file": "url", "command": "command", "tunnel": "target", "login": "login"}
"""The place, as links know it, of the value of a deed by its kind."""
_HOURS, _WEEK = 24, 7
_DIGITS = 2
_LARGEST_PERCENT = 1000
"""A larger change is told as a factor."""
_SHA256 = re.compile("[0-9a-f]{64}")
_SHOWN_BYTES = 4
_MOST_NAMES = 10
_LONGEST_NAME = 40
_BEFORE: dict[ReportType, str] = {"daily": "the day before", "weekly": "the week before", "monthly": "the month before"}


def privacy(document: ReportDocument) -> list[str]:
    """Of which days passwords and addresses are no longer as they were written, a sentence each."""
    treated = document["privacy"]
    said = {"User names and passwords": treated["passwords"], "Addresses": treated["addresses"]}
    return [f"{what} of {_days(days)} are {_TREATED[days['mode']]}." for what, days in said.items() if days]


def _days(treated: TreatedDays) -> str:
    first, last = treated["first_day"], treated["last_day"]
    return first if first == last else f"{treated['days']} days from {first} to {last}"


def span(document: ReportDocument) -> str:
    """`Monday 2026-08-31`, or `Monday 2026-08-31 to Sunday 2026-09-06`."""
    first = date.fromisoformat(document["start"][:10])
    last = date.fromisoformat(document["end"][:10]) - timedelta(days=1)
    return f"{first:%A} {first}" if first == last else f"{first:%A} {first} to {last:%A} {last}"


def whose(document: ReportDocument) -> str:
    """Whose sessions the report counts; the sensor's name stands as the log has it."""
    sensor = document["sensor"]
    return "all sensors" if sensor == AGGREGATE else f"sensor {sensor}"


def minute(instant: str) -> str:
    """`2026-08-31T04:17:09.000000Z` as `2026-08-31 04:17`."""
    return instant[:16].replace("T", " ")


def instant(us: int) -> str:
    """Microseconds since 1970-01-01 UTC as `2026-08-31 04:17:09`."""
    return iso_us(us)[:19].replace("T", " ")


def seconds(us: int) -> str:
    """A duration in microseconds: `12.3 s`, `5 min 12 s`, `2 h 05 min`."""
    if us < 60 * US_PER_SECOND:
        return f"{us / US_PER_SECOND:.1f} s"
    minutes, rest = divmod(us // US_PER_SECOND, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60:02} min"  # noqa: PLR2004


def lasting(duration_seconds: float | None) -> str:
    """A duration of the document as `seconds` tells it; below a minute with the decimals that the document has."""
    if duration_seconds is None or duration_seconds < 60:  # noqa: PLR2004
        return f"{number(duration_seconds)} s"
    return seconds(round(duration_seconds * US_PER_SECOND))


def elapsed(us: int) -> str:
    """Time since a beginning: `0:00.5`, `12:34.0`, `1:02:03.4`."""
    tenths = us // (US_PER_SECOND // 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{clock}:{rest // 10:02}.{rest % 10}"


def volume_label(start: str, items: int) -> str:
    """What stands at an item of `volume`: the hour (`04`) of a day, `Mon 31` of a week, the day (`31`) of a month."""
    if items == _HOURS:
        return start[11:13]
    return f"{date.fromisoformat(start[:10]):%a %d}" if items <= _WEEK else start[8:10]


def number(value: float | None) -> str:
    """`1,234`, `1,234.56`; what is not known is `-`."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{value:,.1f}"


def short(value: float) -> str:
    """A number where there is little room: `250`, `15k`, `2M`."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= 10 * size or (value >= size and unit != "k"):
            return f"{value / size:.3g}{unit}"
    return f"{value:g}"


def share(count: int, total: int) -> str:
    """A count and its share: `1,234 (56.7 %)`."""
    return f"{count:,} ({100 * count / total:.1f} %)" if total else f"{count:,}"


def percent(value: float | None) -> str:
    """`56.7 %`; what would divide by zero is `-`."""
    return "-" if value is None else f"{number(value)} %"


def signed(value: float | None) -> str:
    """`+12`, `-3.5`, `+0`."""
    return "-" if value is None else f"{'+' if value >= 0 else '-'}{number(abs(value))}"


def signed_percent(value: float | None) -> str:
    """`+16.7 %`; a change above 1,000 % is `x 22`: 22 times as many."""
    if value is None:
        return "-"
    return f"x {_factor(value)}" if value > _LARGEST_PERCENT else f"{signed(value)} %"


def _factor(change_percent: float) -> str:
    return f"{round(1 + change_percent / 100):,}"


def verdict(count: int, judged: int, whole: int) -> str:
    """How many of `whole` are judged to be bad: `5 of 11 judged`; `not judged` is not the same as `0`."""
    if whole and not judged:
        return "not judged"
    return f"{count:,}" if judged == whole else f"{count:,} of {judged:,} judged"


def sessions_with(count: int, judged: int, whole: int, sessions: int) -> str:
    """Sessions with something that is judged to be bad, and their share: what is judged is as in `verdict`."""
    return share(count, sessions) if judged or not whole else "not judged"


def commands_class(item: Mapping[str, Any]) -> str:
    """A class of `commands_histogram`: `0`, `3-5`, `101 or more`."""
    low, high = item["from"], item["to"]
    return f"{low} or more" if high is None else f"{low}" if low == high else f"{low}-{high}"


def alert_figures(alert: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """An alert's figures as `(name, figure)`; where nothing is judged, nothing is said to be malicious."""
    figures = dict(alert["figures"])
    if figures.get("hashes") and figures.get("judged") == 0:
        figures["judged"] = NONE_YET
        figures.pop("malicious", None)
    return [(_alert_figure(name), figure) for name, figure in figures.items()]


def _alert_figure(name: str) -> str:
    """The name of an alert's figure; the values of `first` are some of what it counts."""
    return "among them" if name == "first" else name.replace("_", " ")


def durations_class(item: Mapping[str, Any]) -> str:
    """A class of `durations.histogram`: `below 1 s`, `10-30 s`, `5-30 min`, `30 min or more`."""
    low, high = item["from_seconds"], item["to_seconds"]
    unit, size = ("min", 60) if low >= 60 else ("s", 1)  # noqa: PLR2004  (a minute)
    if high is None:
        return f"{low // size} {unit} or more"
    return f"{low // size}-{high // size} {unit}" if low else f"below {high // size} {unit}"


def compared_with(document: ReportDocument) -> str:
    """What the headline figures are compared with, in a sentence."""
    changes = document["changes"]
    previous, labels = changes["previous"], changes["median_of"]
    if previous is None:
        return "There is no earlier period to compare with."
    running = "" if previous["complete"] else ", which is not complete"
    median = f", and with the median of {labels[0]} to {labels[-1]}" if labels else ""
    return f"Compared with {_BEFORE[document['report_type']]}, {previous['period']}{running}{median}."


def partly_known(document: ReportDocument) -> str:
    """What of the periods compared with is not known, in a sentence; empty where all of them is."""
    parts = [
        f"{each['period']} ({each['known_days']} of {_counted(each['days'], 'day')})"
        for each in document["changes"]["partly_known"]
    ]
    return f"Known in part only, so a change may be one of collection: {', '.join(parts)}." if parts else ""


def look_back(document: ReportDocument) -> str:
    """What is called new, in a sentence."""
    days = document["new"]["look_back_days"]
    before = "on any day before" if days is None else f"in the {_counted(days, 'day')} before"
    return f"Seen in this period and not {before}."


def checks(document: ReportDocument) -> str:
    """How the checks of the data went, in a sentence; names of checks are the project's own."""
    checks = document["operations"]["checks"]
    if checks is None:
        return "No check has run."
    when = f"by {minute(checks['checked_at'])} UTC"
    if not checks["failed"]:
        return f"All {checks['passed']:,} checks passed {when}."
    names = ", ".join(checks["failed"])
    counted = f"{checks['passed']:,} checks passed and {len(checks['failed']):,} failed {when}"
    return f"{counted}: {names}. `cowrie-assets validate` tells what differs."


def missing(document: ReportDocument) -> str:
    """What to do about days that no summary has; empty where there is none."""
    days = document["operations"]["missing_days"]
    return f"Not summarised: {', '.join(days)}. Run `cowrie-assets rebuild`, then the report again." if days else ""


def trivial(shasum: str) -> str:
    """What a file holds that holds next to nothing; empty for any other."""
    content = trivial_content(shasum) if _SHA256.fullmatch(shasum) else None
    if content is None:
        return ""
    if not content:
        return "the empty file"
    held = repr(content[:_SHOWN_BYTES])[1:]
    return f"holds {held}" if len(content) <= _SHOWN_BYTES else f"holds {len(content):,} bytes, {held} again and again"


def place(known: KnownAddress) -> str:
    """Where an address is: `DE, Berlin, AS3320 Deutsche Telekom AG`; empty where that is not known."""
    system = None if known["asn"] is None else f"AS{known['asn']} {known['as_name'] or ''}".strip()
    return ", ".join(part for part in (known["country"], known["city"], system) if part)


def named_by(known: KnownAddress) -> str:
    """Who names an address: `scanner by shodan, tor by exits, listed by dshield`; empty where nobody does."""
    tags = [f"{tag['kind']} by {tag['list']}" for tag in known["tags"]]
    return ", ".join([*tags, *(f"listed by {service}" for service in known["listed_by"])])


def said_of_file(known: KnownFile) -> list[str]:
    """What services say of a file, in parts: the label, detections, type and size, times."""
    parts = [known["label"], None, known["type"]]
    if known["total"]:
        parts[1] = f"{known['positives']:,} of {known['total']:,} engines"
    if known["size"] is not None:
        parts.append(f"{known['size']:,} bytes")
    if known["first_submitted"] is not None:
        parts.append(f"first submitted {known['first_submitted'][:10]}")
    if known["malicious_since"] is not None:
        services = ", ".join(known["malicious_by"])
        parts.append(f"known malicious since {known['malicious_since'][:10]} by {services}")
    if known["days_before_virustotal"] is not None:
        days = _counted(known["days_before_virustotal"], "day")
        parts.append(f"seen here {days} before VirusTotal knew it")
    return [part for part in parts if part] or [NOT_KNOWN]


def known_scanners(document: ReportDocument) -> str:
    """What known scanners made, and whether the top lists have it, in a sentence; empty where no list names one."""
    scanners = document["enrichments"]["tags"]["known_scanners"]
    if not scanners["sessions"] and not scanners["left_out"]:
        return ""
    made = f"{_counted(scanners['sessions'], 'session')} ({percent(scanners['percent'])})"
    left_out = ", which the top lists leave out" if scanners["left_out"] else ""
    return f"Known scanners made {made} from {_addresses(scanners['addresses'])}{left_out}."


def without_country(document: ReportDocument) -> str:
    """How many addresses have no country, in a sentence; empty where all have one, or none has."""
    places = document["enrichments"]["places"]
    if not places["addresses"] or not places["without_country"]:
        return ""
    return f"{_addresses(places['without_country'])} without a country."


def country(code: str) -> str:
    """`NL Netherlands`."""
    name = country_name(code)
    return code if name == code else f"{code} {name}"


def system_name(system: AutonomousSystem) -> str:
    """`AS3320 Deutsche Telekom AG`."""
    return f"AS{system['asn']} {system['name'] or ''}".strip()


def kind_name(named: TagKind) -> str:
    """`scanner`."""
    return named["kind"]


def list_name(named: TagList) -> str:
    """`shodan (scanner)`."""
    return f"{named['list']} ({named['kind']})"


def _addresses(number: int) -> str:
    return f"{number:,} address{'' if number == 1 else 'es'}"


def gaps(document: ReportDocument) -> list[str]:
    """What there is to know of the gaps that are not listed, a sentence each."""
    operations = document["operations"]
    sentences = []
    if operations["usual_gaps"]:
        usual, hours = operations["usual_gaps"], operations["usual_gap_hours"]
        sentences.append(
            f"{_counted(usual, 'gap')} of {_counted(hours, 'hour')} in all {'is' if usual == 1 else 'are'} usual: "
            "the sensor is quiet at that time on most days, or not known for long."
        )
    listed, told = len(operations["gaps"]), operations["unusual_gaps"]
    if told > listed:
        sentences.append(f"Of {_counted(told, 'unusual gap')} the {listed:,} longest are listed.")
    return sentences


def names_and_ids(document: ReportDocument) -> list[str]:
    """Which names were replaced, and which ids came again, a sentence each; names and ids stand as logged."""
    operations = document["operations"]
    names = operations["replaced_names"]
    sentences = [
        f"Sensor {_cut(each['sensor'])} goes by the name {_cut(each['by'])} since {minute(each['since'])}: one machine."
        for each in names[:_MOST_NAMES]
    ]
    if len(names) > _MOST_NAMES:
        sentences.append(f"{_counted(len(names) - _MOST_NAMES, 'more name')} were replaced.")
    reused = operations["reused_ids"]
    sentences += [
        f"The id of session {_cut(each['session_id'])} of sensor {_cut(each['sensor'])} came again: its events are of "
        f"{minute(each['first_event_at'])} to {minute(each['last_event_at'])}, {_counted(each['days'], 'day')}; "
        "they are counted as one session."
        for each in reused["sessions"]
    ]
    if reused["total"] > len(reused["sessions"]):
        sentences.append(f"{_counted(reused['total'], 'session')} in all have an id that came again.")
    return sentences


def _cut(name: str) -> str:
    """A name within a sentence: of a long one the beginning, and how long it is."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}... ({len(name):,} characters)"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(document: ReportDocument) -> list[str]:
    """What happened, in a few sentences."""
    sessions, files = document["sessions"], document["files"]
    if not sessions["total"]:
        return ["No session began in this period."]
    sentences = [
        f"{sessions['total']:,} sessions{_more_or_fewer(document)} came from {sessions['unique_ips']:,} addresses.",
        f"{sessions['with_login_success']:,} logged in and {sessions['with_commands']:,} ran commands: "
        f"{document['commands']['total']:,} in all, {document['commands']['high_risk_total']:,} of high risk.",
    ]
    if files["unique_hashes"]:
        sentences.append(
            f"They left {files['unique_hashes']:,} different files, {document['new']['hashes']['total']:,} of them new."
        )
    techniques, campaigns = document["techniques"], document["campaigns"]
    if techniques["unique"]:
        new = document["new"]["techniques"]["total"]
        sentences.append(f"They showed {_counted(techniques['unique'], 'technique')}, {new:,} of them new.")
    if campaigns["total"]:
        sentences.append(
            f"{campaigns['sessions']:,} sessions belong to {_counted(campaigns['total'], 'campaign')}: "
            f"{campaigns['new']['total']:,} new, {campaigns['growing']['total']:,} growing."
        )
    return sentences


def _more_or_fewer(document: ReportDocument) -> str:
    change = document["changes"]["figures"]["sessions"]["change_percent"]
    if change is None:
        return ""
    before = _BEFORE[document["report_type"]]
    if not change:
        return f", as many as {before},"
    if change > _LARGEST_PERCENT:
        return f", {_factor(change)} times as many as {before},"
    return f", {abs(change):,.1f} % {'more' if change > 0 else 'fewer'} than {before},"


def tactic(slug: str) -> str:
    """A tactic of ATT&CK for people: `Command and control`."""
    return slug.replace("-", " ").capitalize()


def formerly(item: ShownTechnique) -> str:
    """The id that a technique had before, where it was another; else nothing."""
    return "" if item["former_id"] is None else f"formerly {item['former_id']}"


def campaign_lists(document: ReportDocument) -> list[tuple[str, CampaignList]]:
    """The campaigns that were there, by what became of them; those of which there are none are left out."""
    campaigns = document["campaigns"]
    lists = [("New", campaigns["new"]), ("Growing", campaigns["growing"]), ("Others", campaigns["other"])]
    return [(title, found) for title, found in lists if found["total"]]


def most_shown_tactics(document: ReportDocument) -> list[TacticSessions]:
    """The tactics that most sessions showed, for the head of a page."""
    shown = [each for each in document["techniques"]["tactics"] if each["sessions"]]
    return sorted(shown, key=lambda each: -each["sessions"])[:_TACTICS_AT_HEAD]


def largest_campaigns(document: ReportDocument) -> list[CampaignOfPeriod]:
    """The campaigns with the most sessions, for the head of a page."""
    listed = [each for _, found in campaign_lists(document) for each in found["items"]]
    return sorted(listed, key=lambda each: -each["sessions"])[:_CAMPAIGNS_AT_HEAD]


def campaigns_listed(document: ReportDocument, most: int) -> set[str]:
    """The ids of the campaigns that a page lists which shows `most` of each list."""
    return {each["campaign_id"] for _, found in campaign_lists(document) for each in found["items"][:most]}


def campaigns_waiting(document: ReportDocument) -> str:
    """That campaigns have not taken in some days, in a sentence; empty where they have all."""
    days = document["campaigns"]["waiting_days"]
    if not days:
        return ""
    which = days[0] if len(days) == 1 else f"{len(days):,} days from {days[0]} to {days[-1]}"
    return f"Without the sessions of {which}: `cowrie-assets campaigns update` takes them in."


def campaigns_first(sessions: Sequence[InterestingSession]) -> list[InterestingSession]:
    """Sessions to look at: those that stand for a campaign, then those that belong to none."""
    return sorted(sessions, key=lambda session: session["campaign"] is None)


def compared_sessions(campaign: CampaignOfPeriod) -> str:
    """What a campaign's sessions are beside those of the period before: `10 before, +150.0 %`."""
    before, change = campaign["sessions_before"], campaign["change_percent"]
    if not before:
        return ""
    return f"{before:,} before{'' if change is None else f', {signed_percent(change)}'}"


def where_from(campaign: CampaignOfPeriod) -> str:
    """`25 addresses in 2 networks; NL, CN`."""
    networks = _counted(campaign["networks"], "network")
    countries = ", ".join(campaign["countries"])
    return f"{_addresses(campaign['addresses'])} in {networks}{f'; {countries}' if countries else ''}"


def day_of_month(day: str) -> str:
    """A day where there is little room: `31`."""
    number = day[-2:]
    return number if len(number) == _DIGITS and number.isascii() and number.isdigit() else "--"
