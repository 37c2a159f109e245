"""The dead letters of a content that stood at a path and was mended, told by what stands there now, or beside it.

A hole in the first lines, or in a part that was read well before, makes another content of a log, with a row of its
own in the ledger. Once the log is whole, that row is of nothing that any file holds, and its dead lines are read well.
The whole log may come back as an archive, or under the name that a rotation gave it.
"""

import os
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, select, update

from cowrie_assets.ingest.dead_letters import resolve_all
from cowrie_assets.ingest.moved import in_same_folder
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import require_alone
from cowrie_assets.warehouse.schema import log_paths, logs

if TYPE_CHECKING:
    from cowrie_assets.ingest.ledger import KnownLog, Plan


def close_replaced(connection: Connection, plan: "Plan", known: "KnownLog", now: int) -> None:
    """Resolve the dead letters of the contents that stood at the plan's path before `known`, or beside it, unpacked or
    with the same first line, where no file holds them any more and `known` has all that was read of them. Such a row is
    in doubt: its content is read anew where it comes back."""
    path = plan.file.path
    unpacked = path if plan.compression == "plain" else path.rpartition(".")[0]
    before = select(logs).where(
        logs.c.collector == plan.file.collector,
        logs.c.path.in_({path, unpacked}) | (logs.c.fingerprint == plan.fingerprint),
        logs.c.id != known.id,
        logs.c.dead_letters > 0,
    )
    for row in connection.execute(before).mappings().all():
        if row["path"] != path and not _lies_beside(known, plan, row):
            continue
        if not _has_all(known, plan, row) or _is_held(connection, row["id"]):
            continue
        require_alone(connection)
        resolve_all(connection, row["id"], "replaced", now)
        values = {"dead_letters": 0, "lines": row["lines"] - row["dead_letters"], "status": "closed", "doubt": 1}
        connection.execute(update(logs).where(logs.c.id == row["id"]).values(**values))


def _lies_beside(known: "KnownLog", plan: "Plan", row: RowMapping) -> bool:
    """Whether another row of the ledger may be of the log that an undamaged archive or a closed log holds whole."""
    is_long_enough = known.bytes_read >= int(row["bytes_read"])
    return plan.closed and is_long_enough and in_same_folder(row["path"], plan.file.path)


def _is_held(connection: Connection, log_id: int) -> bool:
    """Whether a file that exists was last seen to hold a content; a folder that was renamed leaves paths of none."""
    paths = connection.execute(select(log_paths.c.path).where(log_paths.c.log_id == log_id)).scalars()
    return any(os.path.exists(decode_text(path)) for path in paths)  # noqa: PTH110  (a path may hold what Path refuses)


def _has_all(known: "KnownLog", plan: "Plan", row: RowMapping) -> bool:
    """Whether `known` has the events of another row of the ledger; of a row without any, its size tells."""
    events, duplicates, bytes_read = (int(row[name]) for name in ("events", "duplicates", "bytes_read"))
    duplicates += int(row["archived"])
    not_new = known.duplicates + known.archived
    if not events + duplicates:
        return plan.compression != "plain" or known.bytes_read == bytes_read
    if int(row["id"]) < known.id:
        return not_new >= events + duplicates
    all_read = known.events + not_new >= events + duplicates and known.bytes_read >= bytes_read
    return all_read and not_new >= events
