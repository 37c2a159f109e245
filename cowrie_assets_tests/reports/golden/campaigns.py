"""What reports tell of campaigns where nobody looked for them: which days they do not know, and nothing else."""

from typing import Any

from cowrie_assets_tests.reports.golden.compared import may_hold_sessions
from cowrie_assets_tests.reports.golden.view import View


def campaigns_section(view: View) -> dict[str, Any]:
    before = view.previous.days if may_hold_sessions(view.previous) else []
    waiting = [str(day) for day in (*before, *view.days) if view.sessions_of([day])]
    none: dict[str, Any] = {name: {"total": 0, "items": []} for name in ("new", "growing", "other", "gone")}
    return {"waiting_days": waiting, "total": 0, "sessions": 0, **none}


def ssh_keys_section(view: View) -> dict[str, Any]:
    return {"unique": 0, "new": 0, "items": []}
