"""The `alerts` section: what somebody should look at, each by a rule of its own.

Messages are plain text: what attackers, or services, named is quoted cut short and with nothing in it that steers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, Literal, TypedDict, get_args

from sqlalchemy import Row

from cowrie_assets.clock import day_number
from cowrie_assets.printable import printable
from cowrie_assets.reports import history
from cowrie_assets.reports.activity import Activity
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sections.campaigns import CampaignOfPeriod, CampaignsSection
from cowrie_assets.reports.sections.changes import ChangesSection
from cowrie_assets.reports.sections.new import Newcomers
from cowrie_assets.reports.sections.operations import OperationsSection, hour_iso
from cowrie_assets.reports.sections.origins import Origins, Service
from cowrie_assets.reports.sections.rare import SnowshoeSection, SpreadCampaign
from cowrie_assets.warehouse.codec import decode_text

AlertKind = Literal[
    "ip_spike",
    "volume_spike",
    "new_vt_classification",
    "high_tunnel_usage",
    "malicious_file",
    "listed_address_logged_in",
    "new_malware",
    "new_campaign",
    "campaign_growth",
    "snowshoe",
    "sensor_silent",
    "dead_letters",
]
Severity = Literal["high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""

SPIKE = 1.5
"""Times the mean of the periods before, above which the number of source addresses is a spike."""
VOLUME_SPIKE = 3
"""Times the median of the four periods before, above which a volume is a spike."""
GRAVE_VOLUME_SPIKE = 10
"""From so many times on the spike is grave."""
LEAST_VOLUME = 20
"""Below it nothing is a spike, whatever the median."""
MOST_TUNNELLING = 30
"""Percent of the sessions that may ask for a tunnel."""
MOST_DEAD_LETTERS = 1
"""Percent of the lines that may be dead letters."""

LEAST_OF_A_NEW_CAMPAIGN = 10
"""Sessions of a new campaign; below it an alert would tell of every second try."""

_VOLUMES = {
    "sessions": "sessions",
    "login_attempts": "login attempts",
    "login_successes": "successful logins",
    "commands": "commands",
    "file_downloads": "downloads",
}
"""What is looked at, in this order; successful logins only where the attempts are no spike."""
_DAYS_BEFORE_A_DAY = 7
_PERIODS_BEFORE = 4
CLASSIFICATION_DAYS = 30
"""Days before a period that tell which of its files, and of their labels, are none of before."""
_LISTED = 5
_QUOTED = 60
LONGEST_MESSAGE = 1_000
"""Characters that no message is longer than: what shows it has room for them, and cuts none."""


class Alert(TypedDict):
    """One thing to look at; `figures` are what the message is made of."""

    kind: AlertKind
    severity: Severity
    message: str
    figures: dict[str, int | float | str | list[str]]


def alerts_section(
    scope: Scope,
    *,
    sessions: Mapping[str, Any],
    changes: ChangesSection,
    new: Newcomers,
    campaigns: CampaignsSection,
    snowshoe: SnowshoeSection,
    operations: OperationsSection,
    activity: Activity,
    services: Sequence[Service],
    origins: Origins,
) -> list[Alert]:
    """The alerts of the period, those of high severity first, then by kind and message.

    `sessions`, `changes`, `campaigns` and `snowshoe` are the sections of those names, `services` is a part of
    `enrichments`.
    """
    found = [
        *_ip_spike(scope, sessions["unique_ips"]),
        *_volume_spike(changes),
        *_new_vt_classification(scope),
        *_malicious_file(scope, services),
        *_listed_address_logged_in(origins),
        *_high_tunnel_usage(sessions["with_tunnel_requests"], sessions["total"]),
        *_new_malware(new),
        *_new_campaign(campaigns, changes),
        *_campaign_growth(campaigns),
        *_snowshoe(snowshoe),
        *_sensor_silent(activity),
        *_dead_letters(operations),
    ]
    return sorted(found, key=lambda alert: (SEVERITIES.index(alert["severity"]), alert["kind"], alert["message"]))


def quoted(text: str) -> str:
    """`text` of strangers in quotes, harmless on a screen, at most 60 characters of it."""
    shown = printable(text[: _QUOTED + 1])
    return f'"{shown}"' if len(shown) <= _QUOTED else f'"{shown[:_QUOTED]}..."'


def _ip_spike(scope: Scope, unique_ips: int) -> Iterator[Alert]:
    """More than 1.5 times the mean of the 7 days before, or of the 4 weeks or months, where all can be compared."""
    count = _DAYS_BEFORE_A_DAY if scope.period.report_type == "daily" else _PERIODS_BEFORE
    before = history.periods_before(scope, count)
    if len(before) < count:
        return
    mean = fmean(history.unique_ips(scope.at(period)) for period in before)
    if mean and unique_ips > SPIKE * mean:
        what = {"daily": "days", "weekly": "weeks", "monthly": "months"}[scope.period.report_type]
        times = round(unique_ips / mean, 1)
        yield {
            "kind": "ip_spike",
            "severity": "medium",
            "message": (
                f"{_many(unique_ips, 'source address', 'source addresses')}: {times:g} times the mean "
                f"of the {count} {what} before, {mean:,.1f}."
            ),
            "figures": {"unique_ips": unique_ips, "mean_before": round(mean, 2), "times": times},
        }


def _volume_spike(changes: ChangesSection) -> Iterator[Alert]:
    """More than 3 times the median of the four periods before, where all can be compared; a median of 0 counts as 1."""
    spikes = []
    for name, words in _VOLUMES.items():
        value, middle = changes["figures"][name]["value"], changes["figures"][name]["median"]
        if middle is None or value < LEAST_VOLUME or value <= VOLUME_SPIKE * max(middle, 1):
            continue
        if name == "login_successes" and "login_attempts" in spikes:
            continue
        spikes.append(name)
        times = round(value / max(middle, 1), 1)
        span = f"the median of {changes['median_of'][0]} to {changes['median_of'][-1]}"
        compared = f": {times:,g} times {span} ({middle:,g})." if middle else f", where {span} is none."
        yield {
            "kind": "volume_spike",
            "severity": "high" if value >= GRAVE_VOLUME_SPIKE * max(middle, 1) else "medium",
            "message": f"{value:,} {words}{compared}",
            "figures": {"figure": name, "value": value, "median_before": middle, "times": times},
        }


def _new_vt_classification(scope: Scope) -> Iterator[Alert]:
    compared_from = day_number(scope.period.start) - CLASSIFICATION_DAYS
    rows = scope.rows("new_classifications", compared_from=compared_from).scalars()
    classes = sorted(decode_text(classification) for classification in rows)
    if classes:
        yield {
            "kind": "new_vt_classification",
            "severity": "high",
            "message": (
                f"VirusTotal calls files {_listed(classes)}, as none of the {CLASSIFICATION_DAYS} days before."
            ),
            "figures": {"classifications": len(classes), "first": classes[:_LISTED]},
        }


def _malicious_file(scope: Scope, services: Sequence[Service]) -> Iterator[Alert]:
    """Files that a service calls malicious, and that no day of the 30 before saw."""
    if not any(service["malicious"] for service in services if service["kind"] == "file"):
        return
    compared_from = day_number(scope.period.start) - CLASSIFICATION_DAYS
    said: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in scope.rows("malicious_files", compared_from=compared_from):
        said[row.shasum].append(row)
    if said:
        ordered = sorted(said, key=lambda shasum: (-max(row.positives or 0 for row in said[shasum]), shasum))
        names = dict.fromkeys(_called(said[shasum]) for shasum in ordered)
        yield {
            "kind": "malicious_file",
            "severity": "high",
            "message": (
                f"{_many(len(said), 'malicious file', 'malicious files')} not seen in the {CLASSIFICATION_DAYS} "
                f"days before: {', '.join([*names][:_LISTED])}{_and_more(len(names))}."
            ),
            "figures": {"files": len(said), "first": ordered[:_LISTED]},
        }


def _called(rows: Sequence[Row[Any]]) -> str:
    """What a file is called, in words: `"trojan.mirai" (41 of 70 engines)`; VirusTotal's word goes first."""
    ordered = sorted(rows, key=lambda row: (row.provider != "virustotal", row.provider))
    label = next((decode_text(row.label) for row in ordered if row.label is not None), None)
    name = "without a name" if label is None else quoted(label)
    counted = next((row for row in ordered if row.positives is not None and row.total), None)
    return name if counted is None else f"{name} ({counted.positives:,} of {counted.total:,} engines)"


def _listed_address_logged_in(origins: Origins) -> Iterator[Alert]:
    """Addresses that a service, or a list of the kind `blocklist` or `botnet`, names logged in."""
    sessions, addresses = origins.listed_in
    if addresses:
        yield {
            "kind": "listed_address_logged_in",
            "severity": "low",
            "message": (
                f"{_many(addresses, 'address', 'addresses')} that services or blocklists name logged in, in "
                f"{_many(sessions, 'session', 'sessions')}: {', '.join(map(quoted, origins.first_listed_in))}"
                f"{_and_more(addresses)}."
            ),
            "figures": {"addresses": addresses, "sessions": sessions, "first": origins.first_listed_in},
        }


def _high_tunnel_usage(with_requests: int, total: int) -> Iterator[Alert]:
    percent = share(with_requests, total)
    if percent is not None and 100 * with_requests > MOST_TUNNELLING * total:
        yield {
            "kind": "high_tunnel_usage",
            "severity": "medium",
            "message": f"{percent:g} % of the sessions asked for a tunnel: {with_requests:,} of {total:,}.",
            "figures": {"with_tunnel_requests": with_requests, "sessions": total, "percent": percent},
        }


def _new_malware(new: Newcomers) -> Iterator[Alert]:
    hashes, malicious, days = new.section["hashes"], new.malicious_hashes, new.section["look_back_days"]
    if hashes["total"]:
        unseen = "never seen before" if days is None else f"not seen in the {days:,} days before"
        verdict = f" VirusTotal calls {malicious:,} of them malicious." if malicious else ""
        yield {
            "kind": "new_malware",
            "severity": "high" if malicious else "medium",
            "message": f"{_many(hashes['total'], 'file', 'files')} {unseen}.{verdict}",
            "figures": {
                "hashes": hashes["total"],
                "judged": new.judged_hashes,
                "malicious": malicious,
                "first": [item["value"] for item in hashes["items"][:_LISTED]],
            },
        }


def _new_campaign(campaigns: CampaignsSection, changes: ChangesSection) -> Iterator[Alert]:
    """Campaigns of ten sessions and more that began in the period, where there is one before to compare with."""
    found = [each for each in campaigns["new"]["items"] if each["sessions"] >= LEAST_OF_A_NEW_CAMPAIGN]
    if found and changes["previous"] is not None:
        told = [
            f"{quoted(each['name'])} ({_many(each['sessions'], 'session', 'sessions')} from "
            f"{_many(each['addresses'], 'address', 'addresses')})"
            for each in found
        ]
        yield {
            "kind": "new_campaign",
            "severity": "medium",
            "message": f"{_campaigns(len(found))} not seen before: {', '.join(told[:_LISTED])}{_and_more(len(told))}.",
            "figures": _figures_of(found),
        }


def _campaign_growth(campaigns: CampaignsSection) -> Iterator[Alert]:
    """Campaigns that the section calls growing."""
    found = campaigns["growing"]["items"]
    if found:
        told = [
            f"{quoted(each['name'])} ({each['sessions']:,} sessions, {each['sessions_before']:,} before)"
            for each in found
        ]
        yield {
            "kind": "campaign_growth",
            "severity": "medium",
            "message": f"{_campaigns(len(found))} growing: {', '.join(told[:_LISTED])}{_and_more(len(told))}.",
            "figures": _figures_of(found),
        }


def _snowshoe(snowshoe: SnowshoeSection) -> Iterator[Alert]:
    """Campaigns that are spread so thin that no count by address shows them."""
    found = snowshoe["items"]
    if found:
        told = [
            f"{quoted(each['name'])} ({_many(each['sessions'], 'session', 'sessions')} from "
            f"{_many(each['addresses'], 'address', 'addresses')} in {_many(each['networks'], 'network', 'networks')})"
            for each in found
        ]
        yield {
            "kind": "snowshoe",
            "severity": "medium",
            "message": (
                f"{_many(snowshoe['total'], 'snowshoe', 'snowshoes')}: {', '.join(told[:_LISTED])}"
                f"{_and_more(snowshoe['total'])}."
            ),
            "figures": _figures_of(found) | {"campaigns": snowshoe["total"]},
        }


def _campaigns(number: int) -> str:
    return _many(number, "campaign", "campaigns")


def _figures_of(
    campaigns: Sequence[CampaignOfPeriod] | Sequence[SpreadCampaign],
) -> dict[str, int | float | str | list[str]]:
    return {
        "campaigns": len(campaigns),
        "sessions": sum(each["sessions"] for each in campaigns),
        "first": [each["campaign_id"] for each in campaigns[:_LISTED]],
    }


def _sensor_silent(activity: Activity) -> Iterator[Alert]:
    for stretch in activity.silent():
        since = hour_iso(stretch.start)
        yield {
            "kind": "sensor_silent",
            "severity": "high",
            "message": f"Sensor {quoted(stretch.sensor)} has written no event since {since}: {stretch.hours:,} hours.",
            "figures": {"sensor": stretch.sensor, "since": since, "hours": stretch.hours},
        }


def _dead_letters(operations: OperationsSection) -> Iterator[Alert]:
    total, lines = operations["dead_letters"]["total"], operations["lines"]
    percent = operations["dead_letters"]["percent"]
    if percent is not None and 100 * total > MOST_DEAD_LETTERS * lines:
        reasons = [item["value"] for item in operations["dead_letters"]["by_reason"]]
        yield {
            "kind": "dead_letters",
            "severity": "medium",
            "message": f"{percent:g} % of the lines read are dead letters: {total:,} of {lines:,}.",
            "figures": {"dead_letters": total, "lines": lines, "percent": percent, "reasons": reasons},
        }


def _many(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _listed(values: Iterable[str]) -> str:
    shown = [quoted(value) for value in values]
    return ", ".join(shown[:_LISTED]) + _and_more(len(shown))


def _and_more(number: int) -> str:
    return f" and {number - _LISTED:,} more" if number > _LISTED else ""
