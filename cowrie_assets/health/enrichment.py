"""Whether enrichment can do its work: keys that cannot be had, files that cannot be read or are too old, what stands of
sources that are no longer configured."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.clock import iso_us
from cowrie_assets.enrichment.access import accesses
from cowrie_assets.enrichment.address_lists import read_content
from cowrie_assets.enrichment.left_over import left_over
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.enrichment.place_databases import look_at
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.enrichment.source_states import SourceState, sources_of
from cowrie_assets.health.result import Problem
from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.regular_file import open_regular
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


def unusable(settings: EnrichmentSettings) -> list[Problem]:
    """What is configured and cannot be used; no service is asked and no program run. Raises SettingsError where a
    service is switched on that lacks what it needs."""
    if not settings.is_on:
        return []
    return [*_keys(settings), *_files(settings)]


def source_problems(
    warehouse: Warehouse, settings: Settings, enrichment: EnrichmentSettings, now: int
) -> list[Problem]:
    """What is wrong with the databases and lists that were matched, and what stands of those that are no more."""
    if not enrichment.is_on:
        return []
    with warehouse.read() as connection:
        problems = list(_of_sources(connection, now))
    try:
        stands = left_over(warehouse, settings, enrichment)
    except DiscoveryError:
        stands = []  # told as the log root's
    take_away = "`cowrie-assets enrich` takes it away, and marks the reports that show it"
    return problems + [Problem(key=each, sentence=each, mend=take_away, state="warning") for each in stands]


def _keys(settings: EnrichmentSettings) -> Iterator[Problem]:
    for access in accesses(settings):
        fault = access.key_fault()
        if fault is not None:
            variable = access.service.variable
            yield Problem(
                key=f"key {access.name}",
                sentence=f"{access.service.title} cannot be asked: {fault}",
                mend=f"set what the reference names, or another one in {variable}_KEY, or {variable}=off",
            )


def _files(settings: EnrichmentSettings) -> Iterator[Problem]:
    for service, fault in settings.local.faults.items():
        yield Problem(key=f"setting {service}", sentence=fault, mend="mend the setting; till then what it said stays")
    for path in settings.local.databases:
        try:
            look_at(path)
        except UnusableFileError as error:
            yield _file_problem(path, str(error), "COWRIE_MMDB")
    for each in settings.local.lists:
        try:
            read_content(each.path, may_be_empty=each.may_be_empty)
        except UnusableFileError as error:
            yield _file_problem(each.path, str(error), "COWRIE_ADDRESS_LISTS")
    named = [
        *([(settings.downloads_dir, "COWRIE_DOWNLOADS_DIR")] if settings.downloads_dir else []),
        *([(settings.yara_rules, "COWRIE_YARA_RULES")] if settings.yara_rules else []),
    ]
    for path, variable in named:
        try:
            _look_into(path)
        except OSError as error:
            yield _file_problem(path, str(UnusableFileError(path, error.strerror or type(error).__name__)), variable)


def _look_into(path: Path) -> None:
    """Raises OSError."""
    if path.is_dir():
        os.scandir(path).close()
    else:
        open_regular(path).close()


def _file_problem(path: Path, sentence: str, variable: str) -> Problem:
    return Problem(
        key=f"file {path}",
        sentence=sentence,
        mend=f"put it there, with the right to read it, or take it out of {variable}; till then what it said stays",
    )


def _of_sources(connection: Connection, now: int) -> Iterator[Problem]:
    for source in sources_of(connection):
        fault = _fault(source, now)
        if fault is not None:
            yield Problem(
                key=f"source {source.service} {source.name}",
                state="warning",
                sentence=fault,
                mend="fetch a newer file, and rename it over the old one",
            )


def _fault(source: SourceState, now: int) -> str | None:
    if source.error is not None:
        return source.error
    if source.built_at is None:
        return None
    day = iso_us(source.built_at)[:10]
    if source.is_ahead(now):
        return f"{source.name} says that it is of {day}, which is to come: how old it is cannot be told"
    return f"{source.name} is of {day}, which is more than 30 days ago" if source.is_stale(now) else None
