"""Where readers find the reports: what COWRIE_REPORT_URL may be, and what its errors never repeat."""

import pytest

from cowrie_assets.errors import SettingsError
from cowrie_assets.settings import Settings


def test_unset_means_that_reports_are_served_here_only() -> None:
    assert Settings.from_environment({}).report_url is None
    assert Settings.from_environment({"COWRIE_REPORT_URL": ""}).report_url is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://reports.example.org", "https://reports.example.org/"),
        ("https://reports.example.org/cowrie", "https://reports.example.org/cowrie/"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("http://[::1]:8000/a%20b/", "http://[::1]:8000/a%20b/"),
    ],
)
def test_it_ends_with_a_slash(written: str, read: str) -> None:
    assert Settings.from_environment({"COWRIE_REPORT_URL": written}).report_url == read


@pytest.mark.parametrize(
    "written",
    [
        "reports.example.org",
        "file:///var/reports",
        "javascript:alert(1)",
        "https://",
        "https://a b/",
        "https://a/?q",
        "https://a/#x",
        "https://a/<b>|c",
        "https://a:port/",
        "http://[::1",
        "https://a/\n",
        "https://reports.example.org/ä",
    ],
)
def test_what_is_no_plain_web_address_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match="COWRIE_REPORT_URL is written https://"):
        Settings.from_environment({"COWRIE_REPORT_URL": written})


@pytest.mark.parametrize("written", ["https://me:hunter2@a/", "https://hunter2@a/", "https://me:hunter2@a:x/"])
def test_a_password_is_refused_unseen(written: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"COWRIE_REPORT_URL": written})
    assert "hunter2" not in str(refused.value)
