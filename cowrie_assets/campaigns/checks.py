"""Whether campaigns are right: put together once more from all that is stored, they are those that stand.

What differs while a day, or an examined file, waits to be taken in is late, not wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.amounts import counted
from cowrie_assets.campaigns.profiles import days_to_profile, spoiled_profiles, spoiled_sequences
from cowrie_assets.campaigns.sequences import Forms
from cowrie_assets.campaigns.traits import stored_traits, traits_of_profiles
from cowrie_assets.campaigns.update import LostRowError, put_together
from cowrie_assets.clock import day_of_number
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.mending import put_together_anew
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import campaign_facts, profiled_days, trait_days
from cowrie_assets.warehouse.sql import statement

CAMPAIGNS_CHECK = "campaigns_equal_recomputation"
CAMPAIGNS_PROMISE = "campaigns put together anew are those that stand, each session in one at most"

Row = dict[str, Any]


def check_campaigns(warehouse: Warehouse, *, examples: int = EXAMPLES) -> CheckResult:
    """Put campaigns together, in one snapshot and without writing, and compare: ids, members, names, figures,
    traits of days; and whether what they follow from was read, and is there. Where nobody ever looked for campaigns,
    nothing is wrong."""
    if not are_looked_for(warehouse):
        summary = f"{CAMPAIGNS_PROMISE}: nobody looked for them yet"
        return CheckResult(CAMPAIGNS_CHECK, True, summary, 0, promise=CAMPAIGNS_PROMISE)
    with warehouse.read() as connection:
        waits = bool(days_to_profile(connection)) or _reads_contents(connection)
        found = list(_differences(connection))
    if not found:
        return CheckResult(CAMPAIGNS_CHECK, True, CAMPAIGNS_PROMISE, 0, promise=CAMPAIGNS_PROMISE)
    until = "; until `cowrie-assets campaigns update` takes in what changed" if waits else ""
    return CheckResult(
        CAMPAIGNS_CHECK,
        False,
        f"{counted(len(found), 'row breaks', 'rows break')} this: {CAMPAIGNS_PROMISE}{until}",
        len(found),
        tuple(found[:examples]),
        len(found) if waits else 0,
        () if waits else put_together_anew(),
        promise=CAMPAIGNS_PROMISE,
    )


def are_looked_for(warehouse: Warehouse) -> bool:
    """Whether campaigns were ever looked for."""
    with warehouse.read() as connection:
        return connection.execute(select(profiled_days.c.session_day).limit(1)).first() is not None


def _reads_contents(connection: Connection) -> bool:
    return connection.execute(statement("campaigns/unread_contents")).first() is not None


def _differences(connection: Connection) -> Iterator[Row]:
    for row in connection.execute(statement("campaigns/unlike_sessions")):
        yield {"session_ref": row.session_ref, "problem": row.problem}
    for row in connection.execute(statement("campaigns/lost_readings")):
        yield {"text_id": row.text_id, "problem": row.problem}
    for number in spoiled_profiles(connection):
        yield {"profile": number, "problem": "is not what its digest was taken of"}
    for number in spoiled_sequences(connection):
        yield {"sequence": number, "problem": "is not what its digest was taken of, or has not all of its bands"}
    try:
        found = put_together(connection)
    except LostRowError as error:
        yield {"problem": f"campaigns cannot be put together: {error}"}
        return
    after = {number: campaign for campaign, numbers in found.campaigns.items() for number in numbers}
    for number in found.stored.profiles:
        stands, right = found.stored.campaign_of[number], after.get(number)
        if stands != right:
            yield {"profile": number, "problem": f"belongs to {right or 'no campaign'}, not to {stands or 'none'}"}
    stored: dict[str, Row] = {
        row["campaign"]: dict(row) for row in connection.execute(select(campaign_facts)).mappings()
    }
    for campaign in sorted(stored.keys() ^ found.campaigns.keys()):
        yield {"campaign": campaign, "problem": "has no row" if campaign in found.campaigns else "has no session"}
    for figures in found.figures(connection, sorted(stored.keys() & found.campaigns.keys())):
        of_campaign = stored[figures["campaign"]]
        wrong = [name for name, value in figures.items() if name != "made_from" and of_campaign[name] != value]
        if wrong:
            yield {"campaign": figures["campaign"], "problem": f"has another {', '.join(sorted(wrong))}"}
    yield from _other_traits(connection, found.stored.sequences)


def _other_traits(connection: Connection, sequences: Mapping[int, Forms]) -> Iterator[Row]:
    """The traits of days that are not those of the profiles of the day's sessions."""
    days = {*connection.execute(select(profiled_days.c.session_day)).scalars()}
    days |= {*connection.execute(select(trait_days.c.session_day).distinct()).scalars()}
    for day in sorted(days):
        stored, right = stored_traits(connection, day), traits_of_profiles(connection, day, sequences)
        for kind, value in sorted(key for key in stored.keys() | right.keys() if stored.get(key) != right.get(key)):
            told, have = stored.get((kind, value), 0), right.get((kind, value), 0)
            problem = f"a trait of {told:,} sessions of the day, which {have:,} have"
            yield {"day": str(day_of_number(day)), "kind": kind, "value": value, "problem": problem}
