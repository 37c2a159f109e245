"""Where each asset lies, as its page shows it: the database, the page that lists all reports, the search server.

This follows from the environment, so it is laid over the assets by `build_defs`. What cannot be read is not shown, for
it may hold a password: every tick and run says what is wrong with it.
"""

from collections.abc import Mapping

import dagster as dg

from cowrie_assets.database_url import DatabaseUrlError, read_database_url, url_for_people
from cowrie_assets.errors import SettingsError
from cowrie_assets.publishing.destination import Product
from cowrie_assets.reports.links import index_url
from cowrie_assets.settings import Settings, report_url


def placed(spec: dg.AssetSpec, environment: Mapping[str, str]) -> dg.AssetSpec:
    """An asset as it is shown under an environment; one that lies in no such place is shown as it is."""
    match spec.tags.get("layer"):
        case "evidence" | "summary" | "behaviour":
            database, kind = shown_database(environment)
            table = f"{database}/{spec.key.to_user_string()}"
            place = {"dagster/relation_identifier": table, "dagster/storage_kind": kind}
            return spec.merge_attributes(kinds={kind}, metadata=place)
        case "report":
            index = _index_of_reports(environment)
            return spec if index is None else spec.merge_attributes(metadata={"all_reports": index})
        case "enrichment":
            return spec.merge_attributes(kinds={shown_database(environment)[1]})
        case "publication":
            return spec.merge_attributes(kinds={_product(environment)})
        case _:
            return spec


def shown_database(environment: Mapping[str, str]) -> tuple[str, str]:
    """The database for people, and its kind: `sqlite` or `postgresql`; `database` where the URL cannot be read."""
    try:
        url = read_database_url(environment.get("COWRIE_DATABASE_URL") or Settings().database_url)
    except DatabaseUrlError:
        return "COWRIE_DATABASE_URL", "database"
    return url_for_people(url), url.get_backend_name()


def _index_of_reports(environment: Mapping[str, str]) -> dg.UrlMetadataValue | None:
    """The page that lists all reports; None where COWRIE_REPORT_URL cannot be used."""
    try:
        return dg.MetadataValue.url(index_url(Settings(report_url=report_url(environment))))
    except SettingsError:
        return None


def _product(environment: Mapping[str, str]) -> Product:
    """The kind of search server: Elasticsearch also where neither is set, or both are, which no run accepts."""
    only_opensearch = environment.get("COWRIE_OPENSEARCH_URL") and not environment.get("COWRIE_ELASTICSEARCH_URL")
    return "opensearch" if only_opensearch else "elasticsearch"
