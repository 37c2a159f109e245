"""The sensors: cheap looks at logs and ledgers, every minute, that ask for runs. They start no work themselves.

One mechanism for each hop, so that nothing is done twice:

- A new or grown log goes to its days' events, summaries and daily reports by `new_logs`, in one run of the job
  `ingest`.
- A changed session goes to the reports of its day, week and month by `stale_reports`. It asks the warehouse which
  reports are out of date. So it carries on late data of any old day, a session that went on behind
  midnight, and what the command line loaded. Declarative automation would see neither of the last two: it looks at
  Dagster's own records of partitions only.
- A written report goes to the search server by `unpublished_reports`, which asks the warehouse what is not confirmed
  there; so a server that was down for an hour gets everything later, once.
- What was loaded, summed up or written without Dagster is recorded there by `unrecorded_work`, which compares the
  warehouse with Dagster's records; so it also turns green what failed and was mended elsewhere.
- What waits for a service outside is asked within the budgets by `unanswered_values`; a report that shows an answer is
  stale then, and follows by `stale_reports`.
- What people and programs are to be told goes out by `digests`, which asks the outbox; `failures` puts in what Dagster
  knows of failed runs and checks.
- A run whose process is gone and that nobody reports is ended by `left_runs`.
- That nothing comes in, or cannot, is seen by `health`: it looks at logs, clocks and folders, and tells it itself.
"""

from collections.abc import Mapping

import dagster as dg

from cowrie_assets.defs.sensors.digests import digests
from cowrie_assets.defs.sensors.failures import failures
from cowrie_assets.defs.sensors.health import health
from cowrie_assets.defs.sensors.left_runs import left_runs
from cowrie_assets.defs.sensors.new_logs import new_logs
from cowrie_assets.defs.sensors.stale_reports import stale_reports
from cowrie_assets.defs.sensors.unanswered_values import unanswered_values
from cowrie_assets.defs.sensors.unpublished_reports import unpublished_reports
from cowrie_assets.defs.sensors.unrecorded_work import unrecorded_work


def sensors_of(environment: Mapping[str, str]) -> list[dg.SensorDefinition]:
    """All of them; those of what `environment` does not switch on are stopped unless somebody starts them."""
    return [
        new_logs,
        stale_reports,
        unpublished_reports(environment),
        unanswered_values(environment),
        digests(environment),
        failures(environment),
        health,
        left_runs,
        unrecorded_work,
    ]
