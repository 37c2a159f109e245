"""The `credentials` section: what was tried at the door."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.top_list import TopItem


class CredentialsSection(TypedDict):
    """Counted are attempts; a login without a password (a key) is in no list that needs one."""

    unique_usernames: int
    unique_passwords: int
    top_usernames: list[TopItem]
    top_passwords: list[TopItem]
    top_combinations: list[TopItem]
    """`user:password`"""


def credentials_section(credentials: Figures) -> CredentialsSection:
    """The section, from the figures of `sql/reports/credentials.sql`."""
    return {
        "unique_usernames": credentials.numbers["unique_usernames"],
        "unique_passwords": credentials.numbers["unique_passwords"],
        "top_usernames": credentials.top("top_usernames"),
        "top_passwords": credentials.top("top_passwords"),
        "top_combinations": credentials.top("top_combinations"),
    }
