"""The queries of the pages go by indexes on both engines: none reads a whole table that grows."""

import re

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse.sql import SQL_ROOT, source

QUERIES = sorted(path.stem for path in (SQL_ROOT / "reports" / "pages").glob("*.sql") if path.stem != "sensors")
WHOLE = {
    "sqlite": re.compile(r"\bSCAN (e|s|f|c|l|sightings|texts|addresses|session_keys)\b|\(session_day<\?\)"),
    "postgresql": re.compile(r"\bSeq Scan on (\w*events\w*|\w+_facts|sightings|texts|addresses|session_keys)\b"),
}
NUMBERS = {"start_day": 20_000, "end_day": 20_001}


@pytest.mark.parametrize("query", QUERIES)
def test_no_table_that_grows_is_read_whole(sample, query):
    sql = source(f"reports/pages/{query}", "sqlite").replace("VALUES :chosen", "VALUES (0, 1, 0), (1, 2, 0)")
    with sample.read() as connection:
        engine = connection.dialect.name
        digest = "x'00'" if engine == "sqlite" else "'\\x00'::bytea"
        sql = sql.replace("IN :digests", f"IN ({digest})")
        sql = re.sub(r"IN :\w+", "IN (1, 2, 3)", sql)
        sql = re.sub(r":(least|greatest)\b", lambda _: digest, sql)
        sql = re.sub(r":([a-z_]+)\b", lambda bind: str(NUMBERS.get(bind[1], 100)), sql.replace("::bytea", "\0"))
        sql = sql.replace("\0", "::bytea")
        if engine == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # of a small table it would rather read all
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + sql)]
    assert not [line for line in plan if WHOLE[engine].search(line)]
