"""What is cheap enough to be proved of a day by each run that fills it: the checks in SQL, and that of the seals."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from cowrie_assets.clock import day_of_number, now_us
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import day_window, record_results
from cowrie_assets.summaries.checks import CHECKS, Check, CheckResult, result, run_checks
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.seals import RAW_EVENTS, differences_from_seal
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals, treated_days
from cowrie_assets.warehouse.sql import statement

SEALED = Check("sealed_days_are_as_sealed", "session_summaries", "each sealed day is as it was sealed")
DAY_CHECKS = (*CHECKS, SEALED)
_TREATED = treated_days.name


def run_day_checks(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    names: Collection[str] | None = None,
    *,
    examples: int = EXAMPLES,
) -> list[CheckResult]:
    """Run those of `DAY_CHECKS` that are among `names` (all where None) over the days `start` to `end`, both inclusive
    and both open where None, and record what they found."""
    results = run_checks(warehouse, start, end, names, examples)
    if names is None or SEALED.name in names:
        checked_at = now_us()
        results.append(check_seals(warehouse, start, end, examples=examples))
        record_results(warehouse, {SEALED.name: results[-1].wrong}, start, end, checked_at=checked_at)
    return results


def check_seals(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    *,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Whether sealed days are what they were when they were sealed, their raw events where these are there; and whether
    days that are said to be treated are. Where the seal proves a day that is not, opening it takes out what is said of
    it; of one that has no seal, an operator knows which of the two is meant."""
    window = day_window(start, end)
    of_window = seals.c.session_day.between(window["first_day"], window["last_day"])
    found: dict[int, list[str]] = {}
    with warehouse.read() as connection:
        sealed = connection.execute(select(seals).where(of_window).order_by(seals.c.session_day)).mappings().all()
        for seal in sealed:
            number = seal["session_day"]
            if wrong := differences_from_seal(connection, seal):
                found[number] = wrong
        query = statement("seals/untreated_days", connection.dialect.name)
        untreated = set(connection.execute(query, window).scalars())
    told = {
        number: [*found.get(number, ()), *[_TREATED] * (number in untreated)] for number in sorted({*found, *untreated})
    }
    days = [day_of_number(number) for number in found]
    proved = [day_of_number(seal["session_day"]) for seal in sealed if seal["session_day"] in untreated - found.keys()]
    rows = [{"day": str(day_of_number(number)), "differing": ", ".join(wrong)} for number, wrong in told.items()]
    spoiled = [day_of_number(number) for number, wrong in found.items() if RAW_EVENTS in wrong]
    mend = mending.resealed({*days, *proved}.difference(spoiled))
    if spoiled:
        mend = mending.resealed(days, mending.read_all_again(), as_they_are=True)
    of_all = [day_of_number(number) for number in told]
    return result(SEALED.name, SEALED.promise, len(told), rows[:examples], mend=mend, days=of_all)
