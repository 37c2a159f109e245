"""A process that works off what waits for VirusTotal: `python -m cowrie_assets_tests.enrichment.working DATABASE URL
PER_DAY`."""

import sys

from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.working_off import work_off
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.enrichment.playing import access_to


def main(database: str, url: str, per_day: str) -> None:
    with Warehouse.open(database) as warehouse:
        work_off(warehouse, [access_to(url, "virustotal", Rates(None, int(per_day)))])


if __name__ == "__main__":
    main(*sys.argv[1:])
