"""The rules of techniques as the warehouse keeps them, and the rules that each command matches.

The rules in force are those of this release and the user's own, whose text the warehouse holds: whoever computes a
summary goes by the same. A refresh maps the commands that it comes upon before it computes sessions, as it scores them.
Where rules change, all commands are mapped again at once, and the days with a session that this concerns are queued.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Row, delete, select, text, update

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.rule_set import RuleSet, rule_set
from cowrie_assets.cowrie.technique_rules import TechniqueRule
from cowrie_assets.ingest.spoiled_names import spoiled_rules
from cowrie_assets.summaries.typed_commands import typed_commands
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import (
    changed_days,
    command_techniques,
    commands,
    technique_counts,
    technique_orders,
    technique_rules,
    technique_ruleset,
)
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty

_COLUMNS = ("command_id", "rule_number", "needs_other")
_RULESET = select(technique_ruleset.c.digest, technique_ruleset.c.version, technique_ruleset.c.own_rules)
_ORDERS = select(technique_orders.c.after_number, technique_orders.c.rule_number)
_OF_NO_COMMAND = command_techniques.c.command_id.not_in(select(commands.c.command_id))
_Matches = set[tuple[int, int]]
"""Numbers of rules, each with whether it needs another command."""


def rules_in_force(connection: Connection) -> RuleSet:
    """The rules of this release and the user's own that the warehouse holds. Raises RuleError."""
    return rule_set(_own_rules(connection.execute(_RULESET).one_or_none()))


def newer_rules(connection: Connection) -> tuple[int, int] | None:
    """The version of the rules by which a newer release than this one mapped what stands, and this one's; else None."""
    stands, version = connection.execute(_RULESET).one_or_none(), rule_set().version
    return (stands.version, version) if stands is not None and stands.version > version else None


def map_commands(connection: Connection, typed: Sequence[tuple[int, str]]) -> None:
    """Put in the rules that commands match: those have no rows yet. Needs a write transaction, and rules that were put
    in by `remap`."""
    matches = _Mapping.of(connection).of_commands(typed)
    rows = [(command, *match) for command, found in matches.items() for match in sorted(found)]
    insert_rows(connection, "command_techniques", _COLUMNS, rows)


def matches_of(connection: Connection, typed: Iterable[tuple[int, str]]) -> dict[int, _Matches]:
    """What each command (`texts.id`, as typed) matches by the rules in force."""
    return _Mapping.of(connection).of_commands(typed)


def rules_are_right(connection: Connection) -> bool:
    """Whether there is nothing for `restore_rules` to do."""
    stands = connection.execute(_RULESET).one_or_none()
    if stands is None:
        return True
    rules = rule_set(_own_rules(stands))
    if (bytes(stands.digest), stands.version) != (rules.digest, rules.version) or next(spoiled_rules(connection), None):
        return False
    counts, orders = _wanted(_Mapping.of(connection, rules))
    of_none = select(command_techniques.c.command_id).where(_OF_NO_COMMAND).limit(1)
    return (counts, orders) == (
        _stored_counts(connection),
        {(row.after_number, row.rule_number) for row in connection.execute(_ORDERS)},
    ) and connection.execute(of_none).scalar() is None


def restore_rules(connection: Connection) -> None:
    """Put right what the warehouse holds of rules where it is something else: of a rule in force what its digest was
    taken of, of another one the digest. Days that this concerns are queued. Needs a write transaction."""
    stands = connection.execute(_RULESET).one_or_none()
    if stands is None:
        return
    rules = rule_set(_own_rules(stands))
    in_force = {_digest(rule, rules.attack.version): rule for rule in rules.rules}
    dictionary = Dictionaries(KNOWN.__contains__).texts
    for row, digest in spoiled_rules(connection):
        of_row = update(technique_rules).where(technique_rules.c.id == row.id)
        rule = in_force.get(bytes(row.digest))
        if rule is None:
            connection.execute(of_row.values(digest=digest))
        else:
            name, technique = dictionary.resolve(connection, [rule.name, rule.technique])
            says = {"attack_version": rules.attack.version, "needs": _needs(rule)}
            connection.execute(of_row.values(rule_id=name, technique_id=technique, **says))
    connection.execute(delete(command_techniques).where(_OF_NO_COMMAND))
    if _rewrite_needs(connection, _Mapping.of(connection, rules)):
        queue_days(connection, connection.execute(select(changed_days.c.session_day)).scalars().all())
    connection.execute(update(technique_ruleset).values(digest=rules.digest, version=rules.version))


def remap(warehouse: Warehouse, own_rules: str | None = None, *, also_newer: bool = False) -> int:
    """Map all commands again where the rules in force are others than those that they were mapped by, and tell how many
    match other rules now.

    `own_rules` are the user's own from now on (TOML); None: as before. Costs one look where nothing changed. The days
    with a session that this concerns are queued. What a newer release mapped stays, unless `also_newer`. Raises
    RuleError where the own rules cannot be used.
    """
    with warehouse.read() as connection:
        stands = connection.execute(_RULESET).one_or_none()
        if not _is_outdated(stands, own_rules, also_newer=also_newer):
            return 0
    with warehouse.write() as connection:
        stands = connection.execute(_RULESET).one_or_none()
        if not _is_outdated(stands, own_rules, also_newer=also_newer):
            return 0
        wanted = _own_rules(stands) if own_rules is None else own_rules
        rules = rule_set(wanted)
        _put_in_rules(connection, rules.rules, rules.attack.version)
        mapping = _Mapping.of(connection, rules)
        every_day = _rewrite_needs(connection, mapping)
        changed = _remap_commands(connection, mapping)
        if every_day:
            days = connection.execute(select(changed_days.c.session_day)).scalars().all()
        else:
            days = connection.execute(statement("summaries/days_of_commands")).scalars().all()
        queue_days(connection, days)
        connection.execute(delete(technique_ruleset))
        row = {"digest": rules.digest, "version": rules.version, "own_rules": encode_text(wanted)}
        connection.execute(technique_ruleset.insert(), row)
    return changed


def _own_rules(stands: Row[bytes, int, str] | None) -> str:
    return "" if stands is None else decode_text(stands.own_rules) or ""


def _is_outdated(stands: Row[bytes, int, str] | None, own_rules: str | None, *, also_newer: bool) -> bool:
    rules = rule_set(_own_rules(stands) if own_rules is None else own_rules)
    if stands is None:
        return True
    return bytes(stands.digest) != rules.digest and (also_newer or stands.version <= rules.version)


@dataclass(frozen=True, slots=True)
class _Mapping:
    """Rules, and their numbers in the warehouse by their ids."""

    rules: RuleSet
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, connection: Connection, rules: RuleSet | None = None) -> "_Mapping":
        """The rules in force, unless others are given."""
        rules = rules or rules_in_force(connection)
        digests = {_digest(rule, rules.attack.version): rule.name for rule in rules.rules}
        rows = connection.execute(select(technique_rules.c.id, technique_rules.c.digest))
        return cls(rules, {digests[bytes(row.digest)]: row.id for row in rows if bytes(row.digest) in digests})

    def of_commands(self, typed: Iterable[tuple[int, str]]) -> dict[int, _Matches]:
        """What each command (`texts.id`, as typed) matches."""
        return {
            command: {
                (self.numbers[shown.rule.name], int(shown.needs_other)) for shown in self.rules.matcher.shown_by(line)
            }
            for command, line in typed
        }


def _needs(rule: TechniqueRule) -> str:
    counts = sorted((count.name, count.at_least) for count in rule.counts)
    return orjson.dumps({"after": sorted(rule.after), "counts": counts}).decode()


def _digest(rule: TechniqueRule, attack_version: str) -> bytes:
    return digest_of(rule.name, rule.technique, attack_version, _needs(rule))


def _put_in_rules(connection: Connection, rules: Sequence[TechniqueRule], attack_version: str) -> None:
    """Have a row of each rule as it is."""
    known = set(map(bytes, connection.execute(select(technique_rules.c.digest)).scalars()))
    new = [rule for rule in rules if _digest(rule, attack_version) not in known]
    if not new:
        return
    dictionary = Dictionaries(KNOWN.__contains__).texts
    names = dictionary.resolve(connection, [rule.name for rule in new])
    ids = dictionary.resolve(connection, [rule.technique for rule in new])
    rows = [
        {
            "digest": _digest(rule, attack_version),
            "rule_id": name,
            "technique_id": technique,
            "attack_version": attack_version,
            "needs": _needs(rule),
        }
        for rule, name, technique in zip(new, names, ids, strict=True)
    ]
    connection.execute(technique_rules.insert(), rows)


def _wanted(mapping: _Mapping) -> tuple[dict[tuple[int, str], int], set[tuple[int, int]]]:
    """What sessions are counted by, and what comes after what."""
    rules, numbers = mapping.rules.rules, mapping.numbers
    counts = {(numbers[rule.name], each.name): each.at_least for rule in rules for each in rule.counts}
    orders = {
        (numbers[other.name], numbers[rule.name])
        for rule in rules
        for other in rules
        if other.technique in rule.after and other.alternatives
    }
    return counts, orders


def _stored_counts(connection: Connection) -> dict[tuple[int, str], int]:
    return {(row.rule_number, row.counted): row.at_least for row in connection.execute(select(technique_counts))}


def _rewrite_needs(connection: Connection, mapping: _Mapping) -> bool:
    """Have what sessions are counted by, and what comes after what; tell whether any session may be another's by it."""
    counts, orders = _wanted(mapping)
    before = _stored_counts(connection)
    connection.execute(delete(technique_orders))
    insert_rows(connection, "technique_orders", ("after_number", "rule_number"), sorted(orders))
    if counts == before:
        return False
    connection.execute(delete(technique_counts))
    rows = [(*key, at_least) for key, at_least in sorted(counts.items())]
    insert_rows(connection, "technique_counts", ("rule_number", "counted", "at_least"), rows)
    return True


def _remap_commands(connection: Connection, mapping: _Mapping) -> int:
    """Give every command the rules that it matches; those that match others than before are in `remapped_commands`
    then."""
    make_empty(connection, "remapped_commands", "command_id BIGINT PRIMARY KEY")
    changed = 0
    all_commands = select(commands.c.command_id).order_by(commands.c.command_id)
    for some in chunks(connection.execute(all_commands).scalars().all()):
        stored = select(command_techniques).where(command_techniques.c.command_id.in_(some))
        before: dict[int, _Matches] = {command: set() for command in some}
        for row in connection.execute(stored):
            before[row.command_id].add((row.rule_number, row.needs_other))
        after = mapping.of_commands(typed_commands(connection, some))
        others = [command for command in some if before[command] != after.get(command, set())]
        if others:
            connection.execute(delete(command_techniques).where(command_techniques.c.command_id.in_(others)))
            rows = [(command, *match) for command in others for match in sorted(after.get(command, set()))]
            insert_rows(connection, "command_techniques", _COLUMNS, rows)
            numbers = [{"command_id": command} for command in others]
            connection.execute(text("INSERT INTO remapped_commands (command_id) VALUES (:command_id)"), numbers)
            changed += len(others)
    return changed
