"""What must hold within one report document, whatever the data it was made from."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, get_args

from cowrie_assets.reports.averages import average, share
from cowrie_assets.reports.history import FIGURES, headline_of
from cowrie_assets.reports.sections.alerts import SEVERITIES, AlertKind
from cowrie_assets.reports.sections.campaigns import has_grown
from cowrie_assets.reports.sections.enrichments import listed_addresses, listed_files
from cowrie_assets.reports.sections.rankings import top_lists

Document = Mapping[str, Any]
"""A report document as built, or as read from a file that may have been tampered with."""

Rules = Iterator[tuple[str, bool]]
"""Each rule in words, and whether it holds."""

_SUMS = ("login_attempts", "login_successes", "file_downloads", "file_uploads")
_HOURS_OF_A_DAY = 24
_MEDIAN_OF = 4
_HEADLINES = (
    *(
        [*file, *command, *tunnel]
        for file in ([], ["new_file"], ["file"])
        for command in ([], ["command"])
        for tunnel in ([], ["tunnel"])
    ),
    ["login"],
)
"""What headlines are made of, in order."""


def disagreements(document: Document) -> list[str]:
    """The rules that a document breaks, whatever the data it was made from."""
    try:
        return [rule for rules in _ALL for rule, holds in rules(document) if not holds]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        return [f"it is no report document: {type(error).__name__} {error}"]


def _of_sessions(document: Document) -> Rules:
    sessions, commands, files = document["sessions"], document["commands"], document["files"]
    total = sessions["total"]
    counts = [sessions[f"{name}_commands"] for name in ("min", "median", "p95", "max")]
    yield (
        "login_attempts = login_successes + login_failures",
        sessions["login_attempts"] == sessions["login_successes"] + sessions["login_failures"],
    )
    yield (
        "closed, with_commands, with_login_success and with_tunnel_requests are at most total",
        total
        >= max(sessions[name] for name in ("closed", "with_commands", "with_login_success", "with_tunnel_requests")),
    )
    yield (
        "with_login_success is at most login_successes",
        sessions["with_login_success"] <= sessions["login_successes"],
    )
    yield (
        "with_tunnel_requests is at most tunnel_requests",
        sessions["with_tunnel_requests"] <= sessions["tunnel_requests"],
    )
    yield "protocols sum up to at most total", sum(sessions["protocols"].values()) <= total
    yield "unique_ips is at most total", sessions["unique_ips"] <= total
    yield "min, median, p95 and max are in order", sorted(counts) == counts
    yield "avg_commands = commands.total / total", sessions["avg_commands"] == average(commands["total"], total)
    yield (
        "downloads and uploads of files are those of sessions",
        (files["downloads"], files["uploads"]) == (sessions["file_downloads"], sessions["file_uploads"]),
    )


def _of_distributions(document: Document) -> Rules:
    sessions = document["sessions"]
    total, classes, durations = sessions["total"], sessions["commands_histogram"], sessions["durations"]
    seconds = [durations[f"{name}_seconds"] for name in ("min", "median", "p95", "max")]
    protocols = sessions["by_protocol"]
    yield "commands_histogram sums up to total", sum(item["sessions"] for item in classes) == total
    yield "commands_histogram agrees with with_commands", classes[0]["sessions"] == total - sessions["with_commands"]
    yield "durations sum up to total", sum(item["sessions"] for item in durations["histogram"]) == total
    yield "durations are in order", sorted(seconds) == seconds
    yield "the mean duration is avg_duration_seconds", durations["mean_seconds"] == sessions["avg_duration_seconds"]
    yield (
        "by_protocol agrees with protocols",
        [(item["protocol"], item["sessions"]) for item in protocols] == list(sessions["protocols"].items()),
    )
    yield (
        "by_protocol sums up to at most the totals",
        all(sum(item[name] for item in protocols) <= sessions[name] for name in _SUMS)
        and sum(item["commands"] for item in protocols) <= document["commands"]["total"],
    )


def _of_volume(document: Document) -> Rules:
    sessions, volume = document["sessions"], document["volume"]
    items = volume["items"]
    start, end = (date.fromisoformat(document[name][:10]) for name in ("start", "end"))
    daily = document["report_type"] == "daily"
    totals = {
        "sessions": sessions["total"],
        "commands": document["commands"]["total"],
        **{name: sessions[name] for name in ("login_attempts", "file_downloads", "file_uploads")},
    }
    starts = [item["start"] for item in items]
    yield "volume is by hour or day", volume["by"] == ("hour" if daily else "day")
    yield (
        "volume has each hour or day of the period",
        len(items) == (_HOURS_OF_A_DAY if daily else (end - start).days) and starts == sorted(set(starts)),
    )
    yield (
        "volume sums up to the totals",
        all(sum(item[name] for item in items) == total for name, total in totals.items()),
    )
    yield "volume: ssh and telnet are sessions", all(each["ssh"] + each["telnet"] <= each["sessions"] for each in items)


def _of_heat_map(document: Document) -> Rules:
    heat_map, total = document["heat_map"], document["sessions"]["total"]
    monthly = document["report_type"] == "monthly"
    yield "heat_map is in weekly and monthly reports", (heat_map is None) == (document["report_type"] == "daily")
    if heat_map is None:
        return
    start, end = (date.fromisoformat(heat_map[name][:10]) for name in ("start", "end"))
    sessions = sum(sum(each["hours"]) for each in heat_map["weekdays"])
    yield "heat_map has 24 hours a day", all(len(each["hours"]) == _HOURS_OF_A_DAY for each in heat_map["weekdays"])
    yield "heat_map has each of its days", sum(each["days"] for each in heat_map["weekdays"]) == (end - start).days
    yield "heat_map sums up to total, or more in a week", sessions == total or (sessions > total and not monthly)


def _of_lists(document: Document) -> Rules:
    sessions, commands, files = document["sessions"], document["commands"], document["files"]
    total, attempts = sessions["total"], sessions["login_attempts"]
    wholes = {
        "credentials": {"top_usernames": attempts, "top_passwords": attempts, "top_combinations": attempts},
        "commands": {"top_commands": commands["total"], "top_last_commands": sessions["with_commands"]},
        "files": {"top_hashes": files["downloads"] + files["uploads"], "top_urls": files["downloads"]},
        "sources": {"top_ips": total, "top_networks": total},
        "clients": {"top_hassh": total, "top_versions": total},
        "tunnels": {"top_targets": sessions["tunnel_requests"]},
    }
    for section, lists in wholes.items():
        for name, whole in lists.items():
            yield name, _is_top(document[section][name], whole)
    top, unique = commands["top_commands"], commands["unique"]
    left_out = document["enrichments"]["tags"]["known_scanners"]["left_out"]
    yield (
        "top_commands sums up to total where it has each, and nobody is left out",
        len(top) != unique or left_out or sum(item["count"] for item in top) == commands["total"],
    )
    yield (
        "commands: unique and high_risk_total are at most total",
        commands["total"] >= max(unique, commands["high_risk_total"]),
    )
    tunnels = document["tunnels"]
    yield "unique_targets is at most tunnel_requests", tunnels["unique_targets"] <= sessions["tunnel_requests"]
    addresses = document["sources"]["addresses"]
    yield (
        "addresses are those of top_ips",
        [(each["address"], each["sessions"]) for each in addresses]
        == [(item["value"], item["count"]) for item in document["sources"]["top_ips"]],
    )
    yield (
        "addresses did at most what all sessions did",
        sum(each["commands"] for each in addresses) <= commands["total"]
        and sum(each["login_attempts"] for each in addresses) <= attempts
        and all(each["login_successes"] <= each["login_attempts"] for each in addresses),
    )
    yield "unique_networks is at most unique_ips", document["sources"]["unique_networks"] <= sessions["unique_ips"]
    yield "previous_rank is a place of its own", all(_are_places(items) for _, items in top_lists(document))


def _of_techniques(document: Document) -> Rules:
    techniques, total = document["techniques"], document["sessions"]["total"]
    items, with_any, by_day = techniques["items"], techniques["sessions"], techniques["by_day"]
    ranks = [(-each["sessions"], each["technique"]) for each in items]
    yield "techniques: as many as there are", techniques["unique"] == len(items)
    yield "techniques are in order", all(before < after for before, after in pairwise(ranks))
    yield (
        "techniques: no more sessions than there are",
        max([0, *(each["sessions"] for each in (*items, *techniques["tactics"]))]) <= with_any <= total,
    )
    yield (
        "techniques: a rule has no more sessions than its technique, and all together have as many at least",
        all(
            max(rule["sessions"] for rule in each["rules"])
            <= each["sessions"]
            <= sum(rule["sessions"] for rule in each["rules"])
            for each in items
        ),
    )
    yield (
        "techniques: those of `new` are marked",
        document["new"]["techniques"]["total"] == sum(each["new"] for each in items),
    )
    yield (
        "techniques are by day in weeks and months",
        (by_day is None) == (document["report_type"] == "daily"),
    )
    if by_day is None:
        return
    start, end = (date.fromisoformat(document[name][:10]) for name in ("start", "end"))
    counted = {each["tactic"]: each["sessions"] for each in techniques["tactics"]}
    yield (
        "techniques: each day has its place",
        len(by_day["days"]) == (end - start).days
        and all(len(each["sessions"]) == len(by_day["days"]) for each in by_day["tactics"]),
    )
    yield (
        "techniques: days sum up to tactics",
        {each["tactic"]: sum(each["sessions"]) for each in by_day["tactics"]}
        == {tactic: sessions for tactic, sessions in counted.items() if sessions},
    )


def _of_campaigns(document: Document) -> Rules:
    section, total = document["campaigns"], document["sessions"]["total"]
    lists = {name: section[name]["items"] for name in ("new", "growing", "other", "gone")}
    there = [*lists["new"], *lists["growing"], *lists["other"]]
    yield (
        "campaigns: each is in one list",
        section["total"] == sum(section[name]["total"] for name in ("new", "growing", "other"))
        and len({each["campaign_id"] for some in lists.values() for each in some}) == sum(map(len, lists.values())),
    )
    yield (
        "campaigns: lists are no longer than they say",
        all(len(items) <= section[name]["total"] for name, items in lists.items()),
    )
    yield (
        "campaigns: no more sessions than there are",
        sum(each["sessions"] for each in there) <= section["sessions"] <= total,
    )
    yield (
        "campaigns: those with most sessions go first",
        all(
            [-each.get("sessions", 0) for each in items] == sorted(-each.get("sessions", 0) for each in items)
            for items in lists.values()
        ),
    )
    yield (
        "campaigns: nothing of one is more than its sessions",
        all(0 < max(each["networks"], each["sensors"], each["addresses"]) <= each["sessions"] for each in there),
    )
    yield (
        "campaigns: they came to be when their list says, and change as they grew",
        all(each["first_seen"] >= document["start"] and not each["sessions_before"] for each in lists["new"])
        and all(has_grown(each["sessions"], each["sessions_before"]) for each in lists["growing"])
        and all(
            each["change_percent"]
            == (None if (before := each["sessions_before"]) is None else share(each["sessions"] - before, before))
            for each in there
        )
        and all(each["sessions_before"] > 0 for each in lists["gone"]),
    )
    yield (
        "interesting: one session of each campaign",
        _are_different([item["campaign"]["campaign_id"] for item in document["interesting"] if item["campaign"]]),
    )


def _of_rare(document: Document) -> Rules:
    spread, tail = document["snowshoe"], document["longtail"]
    for name, section in (("snowshoe", spread), ("longtail", tail)):
        scores = [each["score"] for each in section["items"]]
        yield f"{name}: the highest scores go first", scores == sorted(scores, reverse=True)
        yield f"{name}: the list is no longer than it says", len(scores) <= section["total"]
    yield (
        "snowshoe: nothing of one is more than its sessions",
        all(
            0 < each["networks"] <= each["light_addresses"] <= each["addresses"] <= each["sessions"]
            and 0 <= each["score"] <= 100  # noqa: PLR2004
            for each in spread["items"]
        ),
    )
    yield (
        "longtail: each session is listed once, with what few did",
        _are_different([f"{each['sensor']} {each['session_id']}" for each in tail["items"]])
        and all(0 < len(each["traits"]) <= each["rare_traits"] and each["alike"] > 0 for each in tail["items"]),
    )


def _of_keys(document: Document) -> Rules:
    keys, total = document["ssh_keys"], document["sessions"]["total"]
    ranks = [(-each["sessions"], each["fingerprint"]) for each in keys["items"]]
    yield "ssh_keys are in order", all(before < after for before, after in pairwise(ranks))
    yield (
        "ssh_keys: no more than there are",
        max(keys["new"], len(keys["items"])) <= keys["unique"]
        and sum(each["new"] for each in keys["items"]) <= keys["new"]
        and all(0 < each["sessions"] <= total for each in keys["items"]),
    )


def _are_different(values: Sequence[str]) -> bool:
    return len(set(values)) == len(values)


def _of_news(document: Document) -> Rules:
    new, sessions, files = document["new"], document["sessions"], document["files"]
    techniques = document["techniques"]
    wholes = {
        "hashes": (files["unique_hashes"], files["downloads"] + files["uploads"]),
        "urls": (files["downloads"], files["downloads"]),
        "commands": (document["commands"]["unique"], document["commands"]["total"]),
        "passwords": (document["credentials"]["unique_passwords"], sessions["login_attempts"]),
        "hassh": (sessions["total"], sessions["total"]),
        "networks": (document["sources"]["unique_networks"], sessions["total"]),
        "techniques": (techniques["unique"], sum(each["sessions"] for each in techniques["items"])),
    }
    for name, (unique, whole) in wholes.items():
        yield (
            f"new {name}",
            len(new[name]["items"]) <= new[name]["total"] <= unique and _is_top(new[name]["items"], whole),
        )


def _of_changes(document: Document) -> Rules:
    changes = document["changes"]
    figures, own = changes["figures"], headline_of(document)
    before, middles = changes["previous"] is not None, bool(changes["median_of"])
    yield "changes: the values are the document's", {name: figures[name]["value"] for name in FIGURES} == own
    yield "changes: median_of names four periods or none", len(changes["median_of"]) in (0, _MEDIAN_OF)
    compared = {changes["previous"]["period"], *changes["median_of"]} if before else set()
    yield (
        "changes: known in part are some of the periods compared with, and less than whole",
        all(each["period"] in compared and each["known_days"] < each["days"] for each in changes["partly_known"]),
    )
    yield "changes add up", all(_adds_up(figures[name], before=before, middles=middles) for name in FIGURES)


def _of_single_sessions(document: Document) -> Rules:
    interesting, abnormal, sessions = document["interesting"], document["abnormal"], document["sessions"]
    scores = [item["score"] for item in interesting]
    uncommon, recent = abnormal["uncommon_command_sessions"], abnormal["recent_vt_submission_sessions"]
    yield (
        "interesting: scores are 0 to 100, the best first",
        scores == sorted(scores, reverse=True) and all(0 <= score <= 100 for score in scores),  # noqa: PLR2004
    )
    yield (
        "an interesting session has its reasons",
        all(bool(item["reasons"]) == (item["score"] > 0) and item["alike"] >= 1 for item in interesting)
        and sum(item["alike"] for item in interesting) <= sessions["total"],
    )
    yield (
        "a headline tells at most a file, a command and a tunnel, or a login",
        all([deed["kind"] for deed in item["headline"]] in _HEADLINES for item in interesting),
    )
    yield (
        "abnormal: rare numbers of commands sum up",
        uncommon == sum(item["sessions"] for item in abnormal["rare_command_counts"]) <= sessions["with_commands"],
    )
    yield (
        "abnormal: at most all sessions",
        recent <= sessions["total"] and len(abnormal["sessions"]) <= uncommon + recent,
    )


def _of_alerts(document: Document) -> Rules:
    alerts = document["alerts"]
    ranks = [(SEVERITIES.index(alert["severity"]), alert["kind"]) for alert in alerts]
    yield "alerts are of a known kind, the gravest first", ranks == sorted(ranks) and _known(alerts)
    yield (
        "an alert has a printable message and figures",
        all(alert["message"].isprintable() and alert["message"] and alert["figures"] for alert in alerts),
    )


def _of_the_house(document: Document) -> Rules:
    operations, enrichments = document["operations"], document["enrichments"]
    files, addresses = enrichments["files"], enrichments["addresses"]
    letters, gaps = operations["dead_letters"], operations["gaps"]
    lines = operations["events"] + operations["duplicates"] + operations["blank"] + letters["total"]
    hours, reused = sum(gap["hours"] for gap in gaps), operations["reused_ids"]
    yield "operations: every line is accounted for", operations["lines"] == lines
    yield "dead letters: percent", letters["percent"] == share(letters["total"], operations["lines"], decimals=2)
    yield (
        "gaps and usual_gap_hours are at most gap_hours",
        hours + operations["usual_gap_hours"] <= operations["gap_hours"],
    )
    yield "gaps are at most unusual_gaps", len(gaps) <= operations["unusual_gaps"]
    yield "a gap has an unusual hour", all(1 <= gap["unusual_hours"] <= gap["hours"] for gap in gaps)
    yield "reused_ids: sessions are at most total", len(reused["sessions"]) <= reused["total"]
    yield "a complete report misses no day", not (document["complete"] and operations["missing_days"])
    yield (
        "enrichments are of the document's files and addresses",
        (files["unique_hashes"], addresses["unique_ips"])
        == (document["files"]["unique_hashes"], document["sessions"]["unique_ips"]),
    )
    yield (
        "enrichments: no more is judged than there is",
        files["judged"] + files["unknown"] + files["pending"] + files["failed"] <= files["unique_hashes"]
        and addresses["dshield_flagged"] <= addresses["judged"] <= addresses["unique_ips"],
    )
    yield (
        "enrichments: judged and unjudged are all there is",
        files["judged"] + files["unjudged"] == files["unique_hashes"]
        and files["malicious"] + files["clean"] == files["judged"]
        and addresses["dshield_flagged"] + addresses["unlisted"] + addresses["unjudged"] == addresses["unique_ips"],
    )
    yield (
        "enrichments: coverage",
        all(
            each["coverage_percent"] == share(each["judged"], each[whole])
            for each, whole in ((files, "unique_hashes"), (addresses, "unique_ips"))
        ),
    )


def _of_what_is_known(document: Document) -> Rules:
    enrichments, sessions = document["enrichments"], document["sessions"]
    places, tags, services = enrichments["places"], enrichments["tags"], enrichments["services"]
    wholes = {"file": document["files"]["unique_hashes"], "address": sessions["unique_ips"]}
    groups = [*places["countries"], *places["autonomous_systems"], *tags["kinds"], *tags["lists"]]
    yield (
        "enrichments: known files and addresses are listed ones, each once",
        _are_of(enrichments["files"]["known"], "shasum", listed_files(document))
        and _are_of(enrichments["addresses"]["known"], "address", listed_addresses(document)),
    )
    yield (
        "enrichments: addresses with a country and without are all there is",
        sum(each["addresses"] for each in places["countries"]) == places["addresses"]
        and places["addresses"] + places["without_country"] == sessions["unique_ips"],
    )
    yield (
        "enrichments: nothing of a place or a list is more than all there is",
        all(0 < each["addresses"] <= each["sessions"] <= sessions["total"] for each in groups)
        and sum(each["sessions"] for each in places["countries"]) <= sessions["total"],
    )
    yield (
        "enrichments: share of known scanners",
        tags["known_scanners"]["percent"] == share(tags["known_scanners"]["sessions"], sessions["total"]),
    )
    yield (
        "enrichments: no service says more than there is",
        all(0 <= each["malicious"] <= each["answered"] <= wholes[each["kind"]] for each in services),
    )


def _are_of(known: Sequence[Document], name: str, listed: Iterable[str]) -> bool:
    """Whether the values of `known` are some of those listed, in their order, each once."""
    rest = iter(dict.fromkeys(listed))
    return all(each[name] in rest for each in known)


_ALL: tuple[Callable[[Document], Rules], ...] = (
    *(_of_sessions, _of_distributions, _of_volume, _of_heat_map, _of_lists, _of_techniques, _of_campaigns, _of_keys),
    *(_of_rare, _of_news, _of_changes, _of_single_sessions, _of_alerts, _of_the_house, _of_what_is_known),
)


def _is_top(items: Sequence[Document], whole: int) -> bool:
    """Whether a top list is in order and counts no more than there is."""
    ranks = [(-item["count"], item["value"]) for item in items]
    return all(before < after for before, after in pairwise(ranks)) and sum(item["count"] for item in items) <= whole


def _are_places(items: Sequence[Document]) -> bool:
    before = [item["previous_rank"] for item in items if item.get("previous_rank") is not None]
    return all(place >= 1 for place in before) and len(set(before)) == len(before)


def _adds_up(change: Document, *, before: bool, middles: bool) -> bool:
    value, previous, median = change["value"], change["previous"], change["median"]
    return (
        (previous is not None, median is not None) == (before, middles)
        and change["change"] == (value - previous if before else None)
        and change["change_percent"] == (share(value - previous, previous) if before else None)
        and change["change_to_median"] == (value - median if middles else None)
        and change["change_to_median_percent"] == (share(value - median, median) if middles else None)
    )


def _known(alerts: Sequence[Document]) -> bool:
    return all(alert["kind"] in get_args(AlertKind) for alert in alerts)
