"""What stands of sources on this machine that are no longer configured, until the next run takes it away."""

from functools import partial

from cowrie_assets.enrichment.download_folders import download_folders, is_download_folder
from cowrie_assets.enrichment.downloads import folders_no_more
from cowrie_assets.enrichment.matching import plan_matching
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


def left_over(warehouse: Warehouse, settings: Settings, enrichment: EnrichmentSettings) -> list[str]:
    """A sentence for each kind of it. Raises DiscoveryError where the log root is not there."""
    unset = [plan for plan in plan_matching(warehouse, enrichment.local) if not enrichment.local.has(plan.service)]
    variables = {"mmdb": "COWRIE_MMDB", "lists": "COWRIE_ADDRESS_LISTS"}
    sentences = [
        f"{variables[plan.service]} is not set any more, and what its files said of addresses stands"
        for plan in unset
        if plan.is_due
    ]
    folders = download_folders(settings, enrichment.downloads_dir)
    is_wanted = partial(is_download_folder, settings, enrichment.downloads_dir)
    with warehouse.read() as connection:
        no_more = folders_no_more(connection, settings.collector, folders, is_wanted)
    sentences += [
        f"the downloads' folder {folder} is not configured any more, and its files are listed" for folder in no_more
    ]
    return sentences
