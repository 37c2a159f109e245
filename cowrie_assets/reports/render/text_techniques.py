"""The techniques of the text report."""

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render import heat, wording
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.render.plain_text import fit, pad
from cowrie_assets.reports.render.wording import number
from cowrie_assets.reports.sections.techniques import ShownTechnique, TacticsByDay

_SHADES = " .:-=+*#%@"
"""From none to most."""
_NAME, _TACTIC, _VERSION = 46, 22, 8
_WEEKS = f"{1:<7}{8:<7}{15:<7}{22:<7}{29:<3}"
"""Where the weeks of a month begin: a column a day."""
_FEW_DAYS = 7
"""Of so many days each has two columns."""


def techniques(document: ReportDocument) -> list[str]:
    """What sessions did, in the words of ATT&CK: a line for each technique, below it its rules and a session."""
    section, total = document["techniques"], document["sessions"]["total"]
    lines = [
        *layout.heading("Techniques", f"MITRE ATT&CK {fit(section['attack_version'], _VERSION)}, counted in sessions"),
        *layout.figures(
            ("Sessions with a technique", wording.share(section["sessions"], total)),
            ("Different techniques", f"{section['unique']:,}"),
            ("New techniques", f"{document['new']['techniques']['total']:,}"),
        ),
    ]
    if section["by_day"] is not None and section["by_day"]["tactics"]:
        lines += ["", *_by_day(section["by_day"])]
    lines.append("")
    for item in section["items"]:
        lines += _item(item)
    return lines if section["items"] else [*lines, "  none"]


def _item(item: ShownTechnique) -> list[str]:
    new, formerly = (" (new)" if item["new"] else ""), wording.formerly(item)
    title = fit(f"{item['technique']:<10} {item['name']}{new}", layout.COLUMNS - 20)
    rules = ", ".join(f"{each['sessions']:,} {each['rule']}" for each in item["rules"])
    tactics = ", ".join(map(wording.tactic, item["tactics"]))
    sample = f"{fit(item['sample']['session_id'], _NAME)}, sensor {fit(item['sample']['sensor'], _NAME)}"
    told = "; ".join(part for part in (tactics, formerly, f"rules: {rules}", f"sample: {sample}") if part)
    return [
        layout.ends(f"  {title}", number(item["sessions"])),
        *layout.paragraph(told, indent=4, lines=3, is_name=True),
    ]


def _by_day(by_day: TacticsByDay) -> list[str]:
    """A shade for each day of a tactic."""
    most = heat.most_of_a_tactic(by_day)
    few = len(by_day["days"]) <= _FEW_DAYS
    days = "".join(f" {wording.day_of_month(day)}" for day in by_day["days"]) if few else _WEEKS
    rows = []
    for row in by_day["tactics"]:
        shades = [_SHADES[heat.shade_of(count, most, len(_SHADES) - 1)] for count in row["sessions"]]
        drawn = "".join(f" {shade * 2}" if few else shade for shade in shades)
        label = pad(fit(wording.tactic(row["tactic"]), _TACTIC - 2), _TACTIC)
        rows.append(f"  {label}{drawn:<{len(days)}}  {sum(row['sessions']):>11,}")
    return [
        f"  {'tactic by day':<{_TACTIC}}{days}  {'sessions':>11}",
        *rows,
        *layout.paragraph(
            f"From {_SHADES[1]} to {_SHADES[-1]}: 1 to {most:,} sessions, on a logarithmic scale; blank: none."
        ),
    ]
