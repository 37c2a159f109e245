"""What a command's risk is by, and what a session scores: constants of the score. docs/RISK.md explains them."""

from collections.abc import Mapping

RULESET = 5
"""Raised whenever a rule of risk.toml or the normal form (cowrie/normalize.py) changes: older rows are computed
anew."""

HIGH_RISK = 70
"""From this score on a command or a session is `high_risk`."""

MAX_BONUS = 25
"""All chains together add no more than this."""

SESSION_BASE: Mapping[str, int] = {
    "login_failure": 10,
    "login_success": 25,
    "file_download_failed": 60,
    "file_download": 60,
    "file_upload": 70,
}
"""What a session scores at least where such an event is in it, by the names of `CountsAs`; a mere connection scores 0.

A session's risk is the greatest of these and of its commands' scores. A download is below `HIGH_RISK`, for Cowrie also
saves what `echo > file` writes; a command that really fetches reaches it by itself. An upload was brought on purpose.
"""
