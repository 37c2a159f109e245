"""A document whose passwords cannot be read: `r*** (8)` for one of 8 characters that begins with r.

For renderings that leave the house. Of passwords that would look alike, every one behind the first has a number
(`r*** (8) #2`), so that they stay as distinct as they are.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, cast

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.sections.deeds import Deed, login_of
from cowrie_assets.reports.sections.interesting import InterestingSession
from cowrie_assets.reports.top_list import TopItem

_SHORT = 3
"""Of so short a password the first character would tell too much."""
_CAMPAIGN_LISTS = ("new", "growing", "other", "gone")
_OF_CAMPAIGNS = ("new_campaign", "campaign_growth", "snowshoe")
"""Alerts that quote names of campaigns: commands, mostly."""
_COMMAND_LISTS = ("top_commands", "top_last_commands")


def mask_passwords(document: ReportDocument) -> ReportDocument:
    """A copy of `document` with each password masked where it stands as one, and where commands or reasons repeat it.

    In those it is masked where it stands as a word; one of four and more characters, anywhere. The same document gives
    the same masks.
    """
    masks = masks_of(passwords_of(document))
    masked = cast(dict[str, Any], copy(document))
    credentials, commands, new = document["credentials"], document["commands"], document["new"]
    masked["credentials"] = {
        **credentials,
        "top_passwords": _values(credentials["top_passwords"], masks),
        "top_combinations": [
            {**item, "value": _combination(item["value"], masks)} for item in credentials["top_combinations"]
        ],
    }
    masked["commands"] = {**commands} | {
        name: [{**item, "value": redacted(item["value"], masks)} for item in commands[name]]  # type: ignore[literal-required]
        for name in _COMMAND_LISTS
    }
    masked["new"] = {
        **new,
        "passwords": {**new["passwords"], "items": _values(new["passwords"]["items"], masks)},
        "commands": {
            **new["commands"],
            "items": [{**item, "value": redacted(item["value"], masks)} for item in new["commands"]["items"]],
        },
    }
    campaigns = document["campaigns"]
    masked["campaigns"] = {**campaigns} | {
        name: {**campaigns[name], "items": [_named(each, masks) for each in campaigns[name]["items"]]}  # type: ignore[literal-required]
        for name in _CAMPAIGN_LISTS
    }
    spread, tail = document["snowshoe"], document["longtail"]
    masked["snowshoe"] = {**spread, "items": [_named(each, masks) for each in spread["items"]]}
    masked["longtail"] = {
        **tail,
        "items": [
            {**each, "traits": [{**trait, "value": redacted(trait["value"], masks)} for trait in each["traits"]]}
            for each in tail["items"]
        ],
    }
    masked["alerts"] = [
        {**alert, "message": redacted(alert["message"], masks)} if alert["kind"] in _OF_CAMPAIGNS else alert
        for alert in document["alerts"]
    ]
    masked["interesting"] = [
        {
            **session,
            "campaign": None if session["campaign"] is None else _named(session["campaign"], masks),
            "headline": [_deed(deed, session, masks) for deed in session["headline"]],
            "password": None if session["password"] is None else masks[session["password"]],
            "reasons": [redacted(reason, masks) for reason in session["reasons"]],
            "sample_commands": [redacted(command, masks) for command in session["sample_commands"]],
        }
        for session in document["interesting"]
    ]
    return cast(ReportDocument, masked)


def passwords_of(document: ReportDocument) -> Iterable[str]:
    """Each password that the document holds, in its order, some more than once."""
    credentials = document["credentials"]
    yield from (item["value"] for item in credentials["top_passwords"])
    yield from (item["value"].partition(":")[2] for item in credentials["top_combinations"])
    yield from (item["value"] for item in document["new"]["passwords"]["items"])
    yield from (session["password"] for session in document["interesting"] if session["password"] is not None)


def masks_of(passwords: Iterable[str]) -> dict[str, str]:
    """`{password: mask}`, each mask another."""
    masks: dict[str, str] = {}
    alike: Counter[str] = Counter()
    for password in passwords:
        if password in masks:
            continue
        first = password[0] if len(password) > _SHORT else ""
        mask = f"{first}*** ({len(password):,})"
        alike[mask] += 1
        masks[password] = mask if alike[mask] == 1 else f"{mask} #{alike[mask]}"
    return masks


def _values(items: list[TopItem], masks: dict[str, str]) -> list[TopItem]:
    return [{**item, "value": masks[item["value"]]} for item in items]


def _named(campaign: Mapping[str, Any], masks: dict[str, str]) -> dict[str, Any]:
    return {**campaign, "name": redacted(campaign["name"], masks)}


def _deed(deed: Deed, session: InterestingSession, masks: dict[str, str]) -> Deed:
    if deed["kind"] == "login" and session["password"] is not None:
        return {**deed, "value": login_of(session["username"], masks[session["password"]])}
    return {**deed, "value": redacted(deed["value"], masks)}


def _combination(combination: str, masks: dict[str, str]) -> str:
    """Masked is all behind the first colon: the password, and the rest of a username that has a colon itself."""
    username, colon, password = combination.partition(":")
    return f"{username}{colon}{masks[password]}"


def redacted(text: str, masks: dict[str, str]) -> str:
    """`text` with the passwords in it masked."""
    found = sorted((password for password in masks if password and password in text), key=len, reverse=True)
    if not found:
        return text
    pattern = "|".join(re.escape(each) if len(each) > _SHORT else rf"(?<!\w){re.escape(each)}(?!\w)" for each in found)
    return re.sub(pattern, lambda match: masks[match[0]], text)
