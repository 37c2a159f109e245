"""Layers of the ATT&CK Navigator: which techniques sessions of a period showed, shaded by how many did.

The form is that of layers 4.5. A technique stands by its id in the version of ATT&CK that is asked for; names and notes
hold nothing that an attacker wrote.
"""

from typing import Any

from cowrie_assets.cowrie.attack import Attack, Naming, Technique
from cowrie_assets.reports.sections.techniques import ShownTechnique, TechniquesSection

_LAYER, _NAVIGATOR = "4.5", "5.1.0"
_FEW, _MANY = "#fee8c8", "#b30000"


def navigator_layer(section: TechniquesSection, attack: Attack, *, version: str, name: str) -> dict[str, Any]:
    """The layer of a section, for ATT&CK `version`: the current one or the one before."""
    namings = [_naming(attack, item["technique"], version) for item in section["items"]]
    shown = [_entry(item, naming) for item, naming in zip(section["items"], namings, strict=True)]
    parents = {naming.id.partition(".")[0] for naming in namings if "." in naming.id}
    listed = {entry["techniqueID"] for entry in shown}
    opened = [{"techniqueID": each, "showSubtechniques": True} for each in sorted(parents - listed)]
    for entry in shown:
        if entry["techniqueID"] in parents:
            entry["showSubtechniques"] = True
    return {
        "name": name,
        "versions": {"attack": version, "navigator": _NAVIGATOR, "layer": _LAYER},
        "domain": "enterprise-attack",
        "description": f"Sessions of Cowrie that showed a technique: {section['sessions']:,} in all.",
        "filters": {"platforms": ["Linux", "Network Devices", "Containers", "IaaS"]},
        "sorting": 3,
        "techniques": [*shown, *opened],
        "gradient": {
            "colors": [_FEW, _MANY],
            "minValue": 0,
            "maxValue": max([1, *(item["sessions"] for item in section["items"])]),
        },
    }


def _naming(attack: Attack, technique: str, version: str) -> Naming:
    unknown = Naming(technique, technique, ())
    known = attack.techniques.get(technique, Technique(unknown, unknown))
    return known.now if version == attack.version else known.before


def _entry(item: ShownTechnique, naming: Naming) -> dict[str, Any]:
    rules = ", ".join(f"{each['rule']} ({each['sessions']:,})" for each in item["rules"])
    return {
        "techniqueID": naming.id,
        "score": item["sessions"],
        "comment": f"{naming.name}. Sessions by rule: {rules}",
        "enabled": True,
    }
