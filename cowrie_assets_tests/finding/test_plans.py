"""Every look-up goes by an index on both engines: what it costs does not grow with what is stored."""

import re

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import SQL_ROOT, source

QUERIES = sorted(path.stem for path in (SQL_ROOT / "finding").glob("*.sql") if path.stem != "sensors")
WHOLE = {
    "sqlite": re.compile(r"\bSCAN (?!sensors|verdict_providers|r\b|urls|CONSTANT ROW|\d)\w+|TEMP B-TREE FOR ORDER BY"),
    "postgresql": re.compile(r"\bSeq Scan on (?!sensors|verdict_providers|technique_rules)|Sort Key"),
}
SORTED = {
    *("addresses", "campaigns", "networks", "recordings", "techniques", "techniques_of_days", "techniques_of_session"),
    *("mapped_commands", "sighted_days", "unmapped_commands", "urls", "verdicts"),
}
"""Those that sort what their limit, the values or days that are asked for, or the one session bound."""


@pytest.mark.parametrize("query", QUERIES)
def test_no_table_is_read_whole_nor_sorted(warehouse: Warehouse, query: str) -> None:
    with warehouse.read() as connection:
        engine = connection.dialect.name
        sql = source(f"finding/{query}", engine)
        digest = "x'00'" if engine == "sqlite" else r"'\x00'::bytea"
        sql = sql.replace("IN :digests", f"IN ({digest})").replace(":digest", digest).replace(":pattern", "'%a%'")
        sql = re.sub(r":(campaign|technique|subtechniques)\b", "'4'", sql)
        sql = re.sub(r"IN :\w+", "IN (1, 2, 3)", sql)
        sql = re.sub(r"(?<!:):([a-z_]+)\b", "4", sql)
        if engine == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # of a small table it would rather read all
            connection.execute(text("SET LOCAL enable_sort = off"))
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + sql.replace("%", "%%"))]
    broken = [line for line in plan if WHOLE[engine].search(line)]
    if query in SORTED:
        broken = [line for line in broken if "SCAN" in line.upper()]
    assert not broken
