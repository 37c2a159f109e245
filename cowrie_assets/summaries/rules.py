"""The rules on techniques and risk as the warehouse keeps them, and what they say of each command.

The rules in force are those of this release and the user's own, whose text the warehouse holds: whoever computes a
summary goes by the same. A refresh judges the commands that it comes upon before it computes sessions. Where rules
change, all commands are judged again at once, and the days with a session that this concerns are queued.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, text, update

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.rule_set import RuleSet, rule_set
from cowrie_assets.cowrie.rule_table import Rule, RuleError
from cowrie_assets.ingest.spoiled_names import spoiled_rules
from cowrie_assets.summaries.typed_commands import typed_commands
from cowrie_assets.warehouse import day_versions
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
_JUDGED_OTHERWISE = "command_id BIGINT PRIMARY KEY, is_rescored INTEGER NOT NULL"
_UNUSABLE = (
    "the rules of your own that this database keeps cannot be used: {}; mend the file that COWRIE_RULES_FILE names, "
    "and `cowrie-assets ingest` takes it in"
)
_JUDGED_OTHERWISE_ROW = text(
    "INSERT INTO remapped_commands (command_id, is_rescored) VALUES (:command_id, :is_rescored)"
)
_Matches = frozenset[tuple[int, int]]
"""Numbers of rules, each with whether it needs another command."""


class Judged(NamedTuple):
    """What the rules say of a command."""

    risk: int
    """0 to 100."""
    matches: _Matches


def rules_in_force(connection: Connection) -> RuleSet:
    """The rules of this release and the user's own that the warehouse holds. Raises RuleError."""
    return _rules_of(connection.execute(_RULESET).one_or_none())


def own_rules_of(connection: Connection) -> str:
    """The user's own rules that the warehouse holds, TOML; empty without any."""
    return _own_rules(connection.execute(_RULESET).one_or_none())


def newer_rules(connection: Connection) -> tuple[int, int] | None:
    """The version of the rules by which a newer release than this one judged what stands, and this one's; else None."""
    stands, version = connection.execute(_RULESET).one_or_none(), rule_set().version
    return (stands.version, version) if stands is not None and stands.version > version else None


def judge_commands(connection: Connection, typed: Iterable[tuple[int, str]]) -> dict[int, Judged]:
    """What the rules in force say of commands (`texts.id`, as typed). Needs rules that were put in by `remap`. Raises
    RuleError."""
    return _Judge.of(connection).of_commands(typed)


def put_in_matches(connection: Connection, judged: Mapping[int, Judged]) -> None:
    """Put in the rules that new commands match, in the place of what a command of the same number left that was lost.
    Needs a write transaction."""
    for some in chunks(list(judged)):
        connection.execute(delete(command_techniques).where(command_techniques.c.command_id.in_(some)))
    rows = [(command, *match) for command, each in judged.items() for match in sorted(each.matches)]
    insert_rows(connection, "command_techniques", _COLUMNS, rows)


def stored_judgements(connection: Connection, some: Sequence[int]) -> dict[int, Judged]:
    """What stands of commands (`texts.id`), of those that were judged."""
    scores = select(commands.c.command_id, commands.c.risk_score).where(commands.c.command_id.in_(some))
    matches: dict[int, set[tuple[int, int]]] = {command: set() for command in some}
    for row in connection.execute(select(command_techniques).where(command_techniques.c.command_id.in_(some))):
        matches[row.command_id].add((row.rule_number, row.needs_other))
    return {
        row.command_id: Judged(row.risk_score, frozenset(matches[row.command_id])) for row in connection.execute(scores)
    }


def days_of_commands(connection: Connection, rescored: Mapping[int, bool]) -> list[Row[int, bool]]:
    """`session_day, is_rescored` of each day with one of some commands (`texts.id`), whether any of them has another
    risk now. Needs a write transaction."""
    make_empty(connection, "remapped_commands", _JUDGED_OTHERWISE)
    rows = [{"command_id": command, "is_rescored": int(is_rescored)} for command, is_rescored in rescored.items()]
    for some in chunks(rows):
        connection.execute(_JUDGED_OTHERWISE_ROW, some)
    return list(connection.execute(statement("summaries/days_of_commands")))


def rules_are_right(connection: Connection) -> bool:
    """Whether there is nothing for `restore_rules` to do."""
    stands = connection.execute(_RULESET).one_or_none()
    if stands is None:
        return True
    rules = _rules_of(stands)
    judge = _Judge.of(connection, rules)
    if (bytes(stands.digest), stands.version) != (rules.digest, rules.version) or next(spoiled_rules(connection), None):
        return False
    if len(judge.numbers) != len(rules.techniques.rules) or _wanted(judge) != (
        _stored_counts(connection),
        {(row.after_number, row.rule_number) for row in connection.execute(_ORDERS)},
    ):
        return False
    of_none = select(command_techniques.c.command_id).where(_OF_NO_COMMAND).limit(1)
    return connection.execute(of_none).scalar() is None


def lost_rules(connection: Connection) -> list[str]:
    """The rules in force that `technique_rules` does not have; none where another release put them in force."""
    stands = connection.execute(_RULESET).one_or_none()
    try:
        rules = None if stands is None else _rules_of(stands)
    except RuleError:
        return []
    if rules is None or stands is None or bytes(stands.digest) != rules.digest:
        return []
    there = {bytes(digest) for digest in connection.execute(select(technique_rules.c.digest)).scalars()}
    return [rule.name for rule in rules.techniques.rules if _digest(rule, rules.attack.version) not in there]


def restore_rules(connection: Connection) -> None:
    """Put right what the warehouse holds of rules where it is something else: of a rule in force what its digest was
    taken of, of another one the digest. Days that this concerns are queued. Needs a write transaction."""
    stands = connection.execute(_RULESET).one_or_none()
    if stands is None:
        return
    rules = _rules_of(stands)
    in_force = {_digest(rule, rules.attack.version): rule for rule in rules.techniques.rules}
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
    _put_in_rules(connection, rules)
    connection.execute(delete(command_techniques).where(_OF_NO_COMMAND))
    if _rewrite_needs(connection, _Judge.of(connection, rules)):
        queue_days(connection, connection.execute(select(changed_days.c.session_day)).scalars().all())
    connection.execute(update(technique_ruleset).values(digest=rules.digest, version=rules.version))


def remap(warehouse: Warehouse, own_rules: str | None = None, *, also_newer: bool = False) -> int:
    """Judge all commands again where the rules in force are others than those that they were judged by, and tell of how
    many they say something else now.

    `own_rules` are the user's own from now on (TOML); None: as before. Costs one look where nothing changed. The days
    with a session that this concerns are queued. What a newer release judged stays, unless `also_newer`. Raises
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
        rules = _rules_of(stands, own_rules)
        _put_in_rules(connection, rules)
        judge = _Judge.of(connection, rules)
        every_day = _rewrite_needs(connection, judge)
        changed = _judge_again(connection, judge)
        concerned = days_of_commands(connection, changed)
        if every_day:
            queue_days(connection, connection.execute(select(changed_days.c.session_day)).scalars().all())
        else:
            queue_days(connection, [row.session_day for row in concerned])
        rescored = [row.session_day for row in concerned if row.is_rescored]
        day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, rescored))
        connection.execute(delete(technique_ruleset))
        own = _own_rules(stands) if own_rules is None else own_rules
        row = {"digest": rules.digest, "version": rules.version, "own_rules": encode_text(own)}
        connection.execute(technique_ruleset.insert(), row)
    return len(changed)


def _rules_of(stands: Row[bytes, int, str] | None, own_rules: str | None = None) -> RuleSet:
    """With the user's own rules that are given, else with those that the warehouse holds."""
    if own_rules is not None:
        return rule_set(own_rules)
    try:
        return rule_set(_own_rules(stands))
    except RuleError as error:
        raise RuleError(_UNUSABLE.format(error)) from error


def _own_rules(stands: Row[bytes, int, str] | None) -> str:
    return "" if stands is None else decode_text(stands.own_rules) or ""


def _is_outdated(stands: Row[bytes, int, str] | None, own_rules: str | None, *, also_newer: bool) -> bool:
    rules = _rules_of(stands, own_rules)
    if stands is None:
        return True
    return bytes(stands.digest) != rules.digest and (also_newer or stands.version <= rules.version)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Rules, and the numbers in the warehouse of those on techniques by their ids."""

    rules: RuleSet
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, connection: Connection, rules: RuleSet | None = None) -> "_Judge":
        """By the rules in force, unless others are given."""
        rules = rules or rules_in_force(connection)
        digests = {_digest(rule, rules.attack.version): rule.name for rule in rules.techniques.rules}
        rows = connection.execute(select(technique_rules.c.id, technique_rules.c.digest))
        return cls(rules, {digests[bytes(row.digest)]: row.id for row in rows if bytes(row.digest) in digests})

    def of_commands(self, typed: Iterable[tuple[int, str]]) -> dict[int, Judged]:
        """What the rules say of each command (`texts.id`, as typed)."""
        return {command: self._of(line) for command, line in typed}

    def _of(self, line: str) -> Judged:
        risk, shown = self.rules.judge(line)
        return Judged(risk, frozenset((self.numbers[each.rule.name], int(each.needs_other)) for each in shown))


def _needs(rule: Rule) -> str:
    counts = sorted((count.name, count.at_least) for count in rule.counts)
    return orjson.dumps({"after": sorted(rule.after), "counts": counts}).decode()


def _digest(rule: Rule, attack_version: str) -> bytes:
    return digest_of(rule.name, rule.technique, attack_version, _needs(rule))


def _put_in_rules(connection: Connection, rules: RuleSet) -> None:
    """Have a row of each rule on a technique as it is."""
    attack_version = rules.attack.version
    known = set(map(bytes, connection.execute(select(technique_rules.c.digest)).scalars()))
    new = [rule for rule in rules.techniques.rules if _digest(rule, attack_version) not in known]
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


def _wanted(judge: _Judge) -> tuple[dict[tuple[int, str], int], set[tuple[int, int]]]:
    """What sessions are counted by, and what comes after what."""
    rules, numbers = judge.rules.techniques.rules, judge.numbers
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


def _rewrite_needs(connection: Connection, judge: _Judge) -> bool:
    """Have what sessions are counted by, and what comes after what; tell whether any session may be another's by it."""
    counts, orders = _wanted(judge)
    before = _stored_counts(connection)
    connection.execute(delete(technique_orders))
    insert_rows(connection, "technique_orders", ("after_number", "rule_number"), sorted(orders))
    if counts == before:
        return False
    connection.execute(delete(technique_counts))
    rows = [(*key, at_least) for key, at_least in sorted(counts.items())]
    insert_rows(connection, "technique_counts", ("rule_number", "counted", "at_least"), rows)
    return True


def _judge_again(connection: Connection, judge: _Judge) -> dict[int, bool]:
    """Give every command its risk and the rules that it matches; tell which have others than before, and whether it is
    the risk."""
    changed: dict[int, bool] = {}
    all_commands = select(commands.c.command_id).order_by(commands.c.command_id)
    for some in chunks(connection.execute(all_commands).scalars().all()):
        before = stored_judgements(connection, some)
        after = judge.of_commands(typed_commands(connection, some))
        others = {command: each for command, each in after.items() if before[command] != each}
        if others:
            rescored = {command for command, each in others.items() if before[command].risk != each.risk}
            connection.execute(delete(command_techniques).where(command_techniques.c.command_id.in_(others)))
            put_in_matches(connection, others)
            _rescore(connection, {command: others[command].risk for command in rescored})
            changed |= {command: command in rescored for command in others}
    return changed


def _rescore(connection: Connection, risks: Mapping[int, int]) -> None:
    if risks:
        of_command = commands.update().where(commands.c.command_id == bindparam("command"))
        rows = [{"command": command, "risk": risk} for command, risk in sorted(risks.items())]
        connection.execute(of_command.values(risk_score=bindparam("risk")), rows)
