"""Whether the web server has our code location, and having it loaded anew: asked as a browser does, without Dagster."""

import json
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
        entries = self._ask(_STATE)["workspaceOrError"].get("locationEntries", [])
        states = [each["locationOrLoadError"] for each in entries if each["name"] == LOCATION]
        if not states:
            return LocationState(False, f"the web server knows no code location {LOCATION}")
        return _state(states[0])

    def reload(self) -> LocationState:
        """Have our code location loaded anew; runs in work go on. Raises WebServerError."""
        answer = self._ask(_RELOAD, name=LOCATION)["reloadRepositoryLocation"]
        if "locationOrLoadError" not in answer:
            return LocationState(False, f"it is not loaded anew: {answer['__typename']}")
        return _state(answer["locationOrLoadError"])

    def _ask(self, query: str, **variables: str) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        asked = Request(self._graphql, body, {"Content-Type": "application/json"})  # noqa: S310  (http, as configured)
        try:
            with build_opener(ProxyHandler({})).open(asked, timeout=_SECONDS_TO_ANSWER) as answer:
                data = json.loads(answer.read(_LONGEST_ANSWER))["data"]
        except OSError as error:
            raise WebServerError(f"the web server does not answer: {getattr(error, 'reason', None) or error}") from None
        except (ValueError, LookupError, TypeError):
            data = None
        if not isinstance(data, dict):
            raise WebServerError("the web server gives no answer of Dagster's")
        return data


def _state(found: dict[str, Any]) -> LocationState:
    if found["__typename"] == _LOADED:
        return LocationState(True)
    return LocationState(False, (found.get("message") or "it is being loaded").strip().partition("\n")[0])
