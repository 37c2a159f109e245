"""What must hold within one report document, whatever the data it was made from."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from cowrie_assets.reports.averages import average

Document = Mapping[str, Any]
"""A report document as built, or as read from a file that may have been tampered with."""

_SECTIONS = ("sessions", "credentials", "commands", "files", "sources", "clients")


def disagreements(document: Document) -> list[str]:
    """The rules that a document breaks, whatever the data it was made from."""
    try:
        rules = _rules(**{name: document[name] for name in _SECTIONS})
        return [rule for rule, holds in rules.items() if not holds]
    except (KeyError, TypeError, AttributeError) as error:
        return [f"it is no report document: {type(error).__name__} {error}"]


def _rules(
    *,
    sessions: Document,
    credentials: Document,
    commands: Document,
    files: Document,
    sources: Document,
    clients: Document,
) -> dict[str, bool]:
    total, attempts = sessions["total"], sessions["login_attempts"]
    commands_of_sessions = [sessions[f"{name}_commands"] for name in ("min", "median", "p95", "max")]
    return {
        "login_attempts = login_successes + login_failures": attempts
        == sessions["login_successes"] + sessions["login_failures"],
        "closed, with_commands and with_login_success are at most total": total
        >= max(sessions["closed"], sessions["with_commands"], sessions["with_login_success"]),
        "with_login_success is at most login_successes": sessions["with_login_success"] <= sessions["login_successes"],
        "protocols sum up to at most total": sum(sessions["protocols"].values()) <= total,
        "unique_ips is at most total": sessions["unique_ips"] <= total,
        "min, median, p95 and max are in order": sorted(commands_of_sessions) == commands_of_sessions,
        "avg_commands = commands.total / total": sessions["avg_commands"] == average(commands["total"], total),
        "downloads and uploads of files are those of sessions": (files["downloads"], files["uploads"])
        == (sessions["file_downloads"], sessions["file_uploads"]),
        "commands: unique and high_risk_total are at most total": commands["total"]
        >= max(commands["unique"], commands["high_risk_total"]),
        "top_commands": _is_top(commands["top_commands"], commands["total"], commands["unique"]),
        "top_usernames": _is_top(credentials["top_usernames"], attempts),
        "top_passwords": _is_top(credentials["top_passwords"], attempts),
        "top_combinations": _is_top(credentials["top_combinations"], attempts),
        "top_hashes": _is_top(files["top_hashes"], files["downloads"] + files["uploads"]),
        "top_urls": _is_top(files["top_urls"], files["downloads"]),
        "top_ips": _is_top(sources["top_ips"], total),
        "top_hassh": _is_top(clients["top_hassh"], total),
        "top_versions": _is_top(clients["top_versions"], total),
    }


def _is_top(items: Sequence[Document], whole: int, unique: int | None = None) -> bool:
    """Whether a top list is in order and counts no more than there is; all of it, where it holds each of `unique`."""
    ranks = [(-item["count"], item["value"]) for item in items]
    counted = sum(item["count"] for item in items)
    in_order = all(before < after for before, after in pairwise(ranks))
    return in_order and (counted == whole if unique == len(items) else counted <= whole)
