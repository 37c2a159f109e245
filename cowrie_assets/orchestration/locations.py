"""Whether the web server has our code location, and having it loaded anew: asked as a browser does, without Dagster."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

LOCATION = "cowrie_assets"
"""Our code location: an instance may hold the runs of others, which are theirs."""

_SECONDS_TO_ANSWER = 30
_LONGEST_ANSWER = 1024 * 1024
_STATE = """{ workspaceOrError { __typename ... on Workspace { locationEntries { name
  locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
_RELOAD = """mutation($name: String!) { reloadRepositoryLocation(repositoryLocationName: $name) {
  __typename ... on WorkspaceLocationEntry { locationOrLoadError { __typename ... on PythonError { message } } } } }"""
_LOADED = "RepositoryLocation"


class WebServerError(OSError):
    """The web server does not answer, or not as Dagster's."""


@dataclass(frozen=True, slots=True)
class LocationState:
    """What the web server says of the code location."""

    is_loaded: bool
    error: str | None = None
    """The first line of why it is not loaded."""


class WebServer:
    """A web server of Dagster's, by its URL."""

    def __init__(self, url: str) -> None:
        self._graphql = f"{url.rstrip('/')}/graphql"

    def location(self) -> LocationState:
        """Whether our code location is loaded. Raises WebServerError."""
        with _of_dagster():
            entries = self._ask(_STATE)["workspaceOrError"].get("locationEntries", [])
            for each in entries:
                if each["name"] == LOCATION:
                    return _state(each["locationOrLoadError"])
        return LocationState(False, f"the web server knows no code location {LOCATION}")

    def reload(self) -> LocationState:
        """Have our code location loaded anew; runs in work go on. Raises WebServerError."""
        with _of_dagster():
            answer = self._ask(_RELOAD, name=LOCATION)["reloadRepositoryLocation"]
            if "locationOrLoadError" in answer:
                return _state(answer["locationOrLoadError"])
            return LocationState(False, f"it is not loaded anew: {answer['__typename']}")

    def _ask(self, query: str, **variables: str) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        asked = Request(self._graphql, body, {"Content-Type": "application/json"})  # noqa: S310  (http, as configured)
        try:
            with build_opener(ProxyHandler({})).open(asked, timeout=_SECONDS_TO_ANSWER) as answer:
                data: dict[str, Any] = json.loads(answer.read(_LONGEST_ANSWER))["data"]
        except OSError as error:
            raise WebServerError(f"the web server does not answer: {getattr(error, 'reason', None) or error}") from None
        return data


@contextmanager
def _of_dagster() -> Iterator[None]:
    """Raises WebServerError where an answer has not the form of Dagster's."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError):
        raise WebServerError("the web server gives no answer of Dagster's") from None


def _state(found: dict[str, Any]) -> LocationState:
    if found["__typename"] == _LOADED:
        return LocationState(True)
    return LocationState(False, (found.get("message") or "it is being loaded").strip().partition("\n")[0])
