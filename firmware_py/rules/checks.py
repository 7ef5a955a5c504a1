"""What only shows when the rules of a rulebook are seen together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from firmware_py.rules.hours import MINUTES, Hours
from firmware_py.rules.kinds import Must, events_of
from firmware_py.rules.rulebook import Rule
from firmware_py.rules.vocabulary import is_under

Complaint = tuple[str, str]
"""Id of a rule and what is wrong with it."""

_WHOLE_DAY: Final = Hours(0, MINUTES)


def complaints(rules: Sequence[Rule]) -> Iterator[Complaint]:
    """Everything that is wrong between rules."""
    yield from _circle(rules)
    for duties in _alternatives(rules):
        yield from _gaps(duties)
        yield from _contradictions(duties)


def _circle(rules: Sequence[Rule]) -> Iterator[Complaint]:
    """Yield the first rule that would hear itself, by way of the rules that it listens to."""
    hears = {rule.id: [other.id for other in rules if _listens(rule, other)] for rule in rules}
    for rule in rules:
        if way := _way(hears, rule.id, rule.id):
            by_way = f', by way of rule "{way[0]}"' if way[0] != rule.id else ""
            yield rule.id, f"listens to itself{by_way}"
            return


def _listens(rule: Rule, other: Rule) -> bool:
    names = [name for _, event in events_of(rule.kind) for name in event.names]
    return any(is_under(f"rule.{other.id}", name) for name in names)


def _way(hears: Mapping[str, list[str]], start: str, goal: str) -> list[str]:
    """Rules on the way from one rule to another along what they hear; empty if there is none."""
    ways = [[heard] for heard in hears[start]]
    seen: set[str] = set()
    for way in ways:
        if way[-1] == goal:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, heard] for heard in hears[way[-1]]]
    return []


def _alternatives(rules: Iterable[Rule]) -> list[list[Rule]]:
    """Group the duties of one clause after one trigger that part the day among them.

    A duty that stands alone may well hold at some hours only.
    """
    groups: defaultdict[object, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.enabled and isinstance(rule.kind, Must) and rule.kind.after and rule.hours:
            groups[rule.clause, str(rule.kind.after), rule.days].append(rule)
    return [group for group in groups.values() if len(group) > 1]


def _gaps(duties: Sequence[Rule]) -> Iterator[Complaint]:
    """Yield the first time of day at which none of the duties holds."""
    minutes = {minute for duty in duties for minute in _minutes(duty)}
    free = [minute for minute in range(MINUTES) if minute not in minutes]
    if free:
        start = free[0]
        end = next((m for m in range(start, MINUTES) if m in minutes), MINUTES)
        last = duties[-1]
        yield last.id, f"with its like it leaves {Hours(start, end)} uncovered"


def _contradictions(duties: Sequence[Rule]) -> Iterator[Complaint]:
    """Yield duties that ask for different words at the same hour."""
    for index, duty in enumerate(duties):
        for earlier in duties[:index]:
            if _minutes(duty) & _minutes(earlier) and duty.kind != earlier.kind:
                yield duty.id, f'contradicts rule "{earlier.id}": both hold at some hour'


def _minutes(rule: Rule) -> frozenset[int]:
    hours = rule.hours or _WHOLE_DAY
    length = (hours.end - hours.start) % MINUTES or MINUTES
    return frozenset((hours.start + minute) % MINUTES for minute in range(length))
