"""Numbers as one value of a statement, which reads them as rows: a list of binds is parsed anew for each length."""

from collections.abc import Collection

import orjson

ROWS = {
    "sqlite": "SELECT value AS number FROM json_each(?)",
    "postgresql": "SELECT UNNEST(CAST(%b AS BIGINT[])) AS number",
}
"""What reads the value as rows of one column, `number`; for `exec_driver_sql`."""


def as_value(numbers: Collection[int], dialect: str) -> str | list[int]:
    """The value that stands for `numbers`."""
    return orjson.dumps(list(numbers)).decode() if dialect == "sqlite" else list(numbers)
