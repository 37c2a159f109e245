"""Dagster's instance, opened. What keeps it from being is one sentence: Dagster's own words are a page of its code."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DBAPIError

from cowrie_assets.errors import UserError
from cowrie_assets.warehouse.errors import refused_connection

_NOT_SET = re.compile(r'environment variable "(\w+)" which is not set')


class InstanceError(UserError, RuntimeError):
    """Dagster's instance cannot be opened; the message says why, and holds no part of a URL."""


@contextmanager
def open_instance(home: str) -> Iterator[dg.DagsterInstance]:
    """The instance of `home`, the value of DAGSTER_HOME. Raises InstanceError."""
    folder = str(Path(home).absolute())
    with explained(home):
        instance = dg.DagsterInstance.from_config(folder)
    with instance:
        yield instance


@contextmanager
def explained(home: str) -> Iterator[None]:
    """Raises InstanceError in the place of Dagster's error where the block asks for a part of the instance of `home`:
    each is made as it is asked for."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(error, str(Path(home).absolute()))
        if sentence is None:
            raise
        raise InstanceError(sentence) from None


def _sentence(error: BaseException, home: str) -> str | None:
    """What to tell of an error of Dagster's; None where it is none of its settings or of its database."""
    is_of_settings = isinstance(error, dg.DagsterInvalidConfigError)
    cause: BaseException | None = error
    while cause is not None:
        unset = _NOT_SET.search(str(cause))
        if unset:
            return f"dagster.yaml in {home} names the environment variable {unset[1]}, which is not set"
        if isinstance(cause, DBAPIError):
            reason, _ = refused_connection(cause)
            return f"Dagster's database, which dagster.yaml in {home} names, cannot be opened: {reason}"
        cause = cause.__cause__ or cause.__context__
    return f"Dagster cannot use dagster.yaml in {home}: `dagster instance info` tells why" if is_of_settings else None
