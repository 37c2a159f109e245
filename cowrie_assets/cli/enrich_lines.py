"""What `cowrie-assets enrich` prints of services and of what lies on this machine: lines, and JSON."""

from typing import TYPE_CHECKING

from cowrie_assets.cli.printing import count, counted
from cowrie_assets.clock import iso_us

if TYPE_CHECKING:
    from cowrie_assets.enrichment.source_states import SourceState
    from cowrie_assets.enrichment.standing import Standing
    from cowrie_assets.enrichment.working_off import Worked


def run_line(worked: "Worked", standing: "Standing") -> str:
    """`VirusTotal: 12 answered, 3 skipped; the day's budget is used up; 431 wait, done by 2026-09-02T08:00:00Z`."""
    numbers = {"answered": worked.answered, "skipped": worked.skipped, "failed": worked.failed}
    nothing = "nothing asked" if worked.waits or worked.error else "nothing was due"
    parts = [", ".join(f"{count(number)} {word}" for word, number in numbers.items() if number) or nothing]
    if worked.insisted_until is not None:
        parts.append(f"asked although it was to be left alone until {time_of(worked.insisted_until)}")
    if worked.waits is not None:
        why = f"the {worked.waits.window}'s budget is used up" if worked.waits.window else "it is left alone"
        parts.append(f"{why} until {time_of(worked.waits.until)}")
    parts += _left(standing)
    return f"{standing.title}: {'; '.join(parts)}"


def fault_of(worked: "Worked", standing: "Standing") -> str | None:
    """Why nothing came of asking a service; None where something did, or its budget is used up, or nothing is due."""
    if worked.error is not None:
        return f"{standing.title} {worked.error}"
    if worked.waits is None or worked.waits.window is not None or worked.answered:
        return None
    why = "" if standing.last_error is None else f": it {standing.last_error}"
    return f"{standing.title} is left alone until {time_of(worked.waits.until)}{why}"


def _left(standing: "Standing") -> list[str]:
    lines = []
    if standing.backlog:
        done = "not within ten years" if standing.done_at is None else f"done by {time_of(standing.done_at)}"
        lines.append(f"{count(standing.backlog)} wait, {done}")
    if standing.being_asked:
        lines.append(f"{count(standing.being_asked)} asked about now, due again within ten minutes if nothing comes")
    return lines


def status_lines(standing: "Standing") -> list[str]:
    from cowrie_assets.enrichment.answers import Status

    if standing.off is not None:
        return [f"{standing.title}: off ({standing.off})"]
    asked = {
        word: standing.number(status)
        for word, status in (
            ("answered", Status.ENRICHED),
            ("failed", Status.FAILED),
            ("skipped", Status.SKIPPED),
        )
    }
    lines = [f"{standing.title}: {', '.join(f'{count(number)} {word}' for word, number in asked.items())}"]
    left = _left(standing)
    if standing.new_days:
        left.append(f"{counted(standing.new_days, 'day')} to look through for what is new")
    lines += left or ["nothing waits"]
    lines += [
        f"{count(budget.left)} of {count(budget.usable)} calls left until {time_of(budget.resets_at)}"
        for budget in (standing.day, standing.month)
        if budget is not None
    ]
    if standing.waits is not None:
        lines.append(f"not called before {time_of(standing.waits.until)}")
    if standing.last_error is not None:
        lines.append(f"last error, {time_of(standing.last_error_at)}: it {standing.last_error}")
    return [lines[0], *(f"  {line}" for line in lines[1:])]


def status_document(standing: "Standing") -> dict[str, object]:
    budgets = {"day": standing.day, "month": standing.month}
    return {
        "service": standing.service,
        "on": standing.off is None,
        "off_because": standing.off,
        "kinds": [kind.name.lower() for kind in standing.kinds],
        "values": {
            kind.name.lower(): {status.name.lower(): number.number for status, number in statuses.items()}
            for kind, statuses in standing.values.items()
        },
        "backlog": standing.backlog,
        "being_asked": standing.being_asked,
        "days_to_look_through": standing.new_days,
        "per_minute": standing.per_minute,
        **{
            name: budget
            and {
                "limit": budget.limit,
                "usable": budget.usable,
                "used": budget.used,
                "left": budget.left,
                "resets_at": time_of(budget.resets_at),
            }
            for name, budget in budgets.items()
        },
        "waits_until": time_of(standing.waits.until) if standing.waits else None,
        "waits_for": standing.waits.window if standing.waits else None,
        "done_at": time_of(standing.done_at),
        "last_error": standing.last_error,
        "last_error_at": time_of(standing.last_error_at),
    }


def source_line(source: "SourceState", now: int) -> str:
    """`mmdb GeoLite2-City.mmdb (GeoLite2-City): 1,234 entries, of 2026-08-01T00:00:00Z, stale`."""
    parts = [
        None if source.entries is None else counted(source.entries, "entry", "entries"),
        f"{counted(source.passed_over, 'line')} passed over" if source.passed_over else None,
        f"of {time_of(source.built_at)}" if source.built_at is not None else None,
        "stale" if source.is_stale(now) else None,
        "which is to come: how old it is cannot be told" if source.is_ahead(now) else None,
        "not matched with all addresses yet" if source.matched_at is None else None,
        source.error,
    ]
    return f"{source.service} {source.name} ({source.kind}): {', '.join(filter(None, parts))}"


def source_document(source: "SourceState", now: int) -> dict[str, object]:
    return {
        "service": source.service,
        "name": source.name,
        "kind": source.kind,
        "built_at": time_of(source.built_at),
        "stale": source.is_stale(now),
        "ahead": source.is_ahead(now),
        "entries": source.entries,
        "passed_over": source.passed_over,
        "matched_at": time_of(source.matched_at),
        "error": source.error,
    }


def time_of(us: int | None) -> str | None:
    """`2026-08-29T22:00:26Z`."""
    return None if us is None else f"{iso_us(us)[:19]}Z"
