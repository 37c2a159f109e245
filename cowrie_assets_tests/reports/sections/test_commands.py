"""What a report says of commands."""

import pytest
from sqlalchemy import text

from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import MONDAY, report


@pytest.mark.parametrize("counted", [1, 2, 3])
def test_a_report_is_made_of_summaries_that_do_not_agree_yet(warehouse, counted):
    """On PostgreSQL a refresh beside a load may count one command and store two: its statements see what was committed
    when each began. The day waits, and is made again; a report of it that is asked for meanwhile is made."""
    Facts(warehouse).store([Session(MONDAY, commands={"id": 1, "uname": 1})])
    with warehouse.write() as connection:
        connection.execute(text("UPDATE session_facts SET command_count = :counted"), {"counted": counted})
    assert report(warehouse)["commands"]["unique"] == 2
