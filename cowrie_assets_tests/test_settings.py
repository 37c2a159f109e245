"""What variables may hold (URLs, paths, amounts), and what their errors never repeat."""

import pytest

from cowrie_assets.configuration import Configuration
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


PATHS = (
    *("COWRIE_LOG_ROOT", "COWRIE_REPORT_DIR", "COWRIE_STATUS_DIR", "COWRIE_METRICS_FILE", "COWRIE_SENSORS_FILE"),
    *("COWRIE_RECORDINGS_DIR", "COWRIE_RULES_FILE", "COWRIE_BACKUP_DIR", "COWRIE_POSTGRES_BIN"),
    *("COWRIE_DOWNLOADS_DIR", "COWRIE_YARA_RULES"),
)
DAYS = (
    *("COWRIE_PRIVACY_PASSWORDS_DAYS", "COWRIE_PRIVACY_ADDRESSES_DAYS", "COWRIE_NEW_LOOK_BACK_DAYS"),
    *("COWRIE_HISTORY_DAYS", "COWRIE_DAYS_A_RUN", "COWRIE_ARCHIVE_AFTER_DAYS", "COWRIE_PRUNE_AFTER_DAYS"),
)
_USUAL = {"COWRIE_PRIVACY_MODE": "drop", "COWRIE_STATUS_DIR": "status", "COWRIE_ARCHIVE_URL": "archive"}


@pytest.mark.parametrize("name", PATHS)
def test_a_url_is_no_folder_of_this_machine_and_is_not_repeated(name: str) -> None:
    faults = list(Configuration({**_USUAL, name: "s3://key:hunter2@arch/backup"}).faults())
    assert [fault.partition(":")[0] for fault in faults] == [f"{name} is a path of this machine, and no URL"]
    assert "hunter2" not in faults[0]
    assert not list(Configuration({**_USUAL, "COWRIE_BACKUP_DIR": "s3:/arch"}).faults())


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("written", ["36501", "999999999999", "9" * 5_000, "0", "-1", "٣x"])
def test_days_that_no_calendar_has(name: str, written: str) -> None:
    faults = list(Configuration({**_USUAL, "COWRIE_ARCHIVE_AFTER_DAYS": "1", name: written}).faults())
    assert [fault[:90] for fault in faults] == [
        f"{name} must be a whole number from 1 to 36500, not {written[:40]!r}"[:90]
    ]


def test_seconds_are_less_than_a_month() -> None:
    for name in ("COWRIE_QUIET_SECONDS", "COWRIE_LOCK_WAIT_SECONDS", "COWRIE_LIVE_SECONDS"):
        with pytest.raises(SettingsError, match=f"{name} must be a whole number from 1 to 2678400"):
            Settings.from_environment({name: "999999999999"})
