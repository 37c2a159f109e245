"""A real Chromium for the tests that look at pages; they are skipped only where none can be had."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

Picture = Callable[[Page, str], None]
"""`picture(page, name)`, see conftest.py."""
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(_CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]
"""The marks of a file or a test that drives the browser."""


def in_browser(test: Any) -> Any:
    """A test that drives the browser, in a file where others do not."""
    for mark in IN_BROWSER:
        test = mark(test)
    return test


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that asks nothing of the network by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        yield browser
        browser.close()
