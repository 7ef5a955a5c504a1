"""One cue a minute that is no banned phrase."""

from collections.abc import Iterable

import pytest

from firmware_py.core.types import Cue, Finding, Observation
from firmware_py.rules import Rules, load_rulebook
from firmware_py.rules.reader import parse_rulebook
from tests.rules.said import said


def book(cues: str, *rules: str) -> Rules:
    """A rulebook of these rules: id, kind and the rest."""
    head = f'name = "site"\ntitle = {{ zh = "site" }}\n[cues]\n{cues}\n'
    text = head + "".join(f"[[rule]]\n{rule}\n" for rule in rules)
    return Rules(parse_rulebook(text.encode(), "site.toml"))


def never(rule_id: str, when: str, cue: str = "amber") -> str:
    return (
        f'id = "{rule_id}"\nkind = "never"\nwhen = "{when}"\ncue = "{cue}"\nrefractory_s = 0\n'
        'advice = { zh = "x" }'
    )


EATS = never("eats", "eating")
CUTS_IN = never("cuts-in", "interruption.agent")
SERIOUS = never("serious", "interruption.serious", "red")


def shown(rules: Rules, observations: Iterable[Observation]) -> list[tuple[str, Cue]]:
    """What a light would show."""
    found: list[Finding] = []
    for observation in observations:
        found += rules.feed(observation)
    return [(finding.rule, finding.cue) for finding in found if finding.cue is not Cue.NONE]


@pytest.mark.situation(
    "Sound",
    "an agent eats for minutes, or is told much at once",
    "one cue a minute that is no banned phrase (`[cues] least_gap_s` in a rulebook); the "
    "rest is recorded without a light",
    "nothing; a site may choose another time, or 0",
)
def test_minutes_of_chewing_light_once_a_minute() -> None:
    meal = [said("eating", at) for at in range(10, 430, 15)]
    assert len(shown(book("", EATS), meal)) == 7


@pytest.mark.situation("Sound", "an agent eats for minutes, or is told much at once")
def test_what_comes_over_budget_is_still_recorded() -> None:
    rules = book("", EATS)
    found = [finding for at in (10, 25) for finding in rules.feed(said("eating", at))]
    assert [finding.cue for finding in found] == [Cue.AMBER, Cue.NONE]


def test_different_hints_share_the_budget() -> None:
    heard = [said("eating", 10), said("interruption.agent", 40), said("interruption.agent", 71)]
    assert [rule for rule, _ in shown(book("", EATS, CUTS_IN), heard)] == ["eats", "cuts-in"]


@pytest.mark.situation("Sound", "an agent eats for minutes, or is told much at once")
def test_a_site_may_say_otherwise() -> None:
    meal = [said("eating", at) for at in range(10, 70, 10)]
    assert len(shown(book("least_gap_s = 0", EATS), meal)) == 6


def test_a_hint_may_turn_red_for_the_same_thing() -> None:
    heard = [said("interruption.agent", 10), said("interruption.serious", 12)]
    assert shown(book("", CUTS_IN, SERIOUS), heard) == [
        ("cuts-in", Cue.AMBER),
        ("serious", Cue.RED),
    ]
    assert len(shown(book("", EATS, SERIOUS), [said("eating", 10), heard[1]])) == 1


def test_every_banned_phrase_is_shown_and_costs_nothing() -> None:
    rules = Rules(load_rulebook("10086"))
    heard = [
        said("phrase.F5", 10),
        said("phrase.F12", 14),
        said("eating", 18),
        said("phrase.F5", 40),
    ]
    assert [rule for rule, _ in shown(rules, heard)] == ["F5", "F12", "E7", "F5"]


@pytest.mark.situation("Sound", "pace, tone or volume are off (clauses D)")
@pytest.mark.parametrize("profile", ["10086", "callback", "experimental"])
def test_manner_is_counted_not_flashed(profile: str) -> None:
    for rule in load_rulebook(profile).rules:
        assert rule.cue is Cue.NONE or not str(rule.clause).startswith("D"), rule.id


@pytest.mark.situation(
    "Sound",
    "pace, tone or volume are off (clauses D)",
    "counted; four times within five minutes light amber once",
    "nothing to do",
)
def test_manner_that_keeps_failing_lights_once() -> None:
    rules = Rules(load_rulebook("10086"))
    heard = [said("shouting", 20.0 * n) for n in range(1, 5)]
    assert [rule for rule, _ in shown(rules, heard)] == ["manner"]


@pytest.mark.situation(
    "Sound",
    "an opening, a closing or an apology is due and does not come",
    "it is asked for once in a call",
    "nothing to do",
)
def test_an_apology_that_was_due_is_asked_for_once_in_a_call() -> None:
    rules = Rules(load_rulebook("10086"))
    asked: list[str] = []
    for call in (0.0, 1000.0):
        steps = [said("call.start", call), said("onset.agent", call + 1, lasting=0)]
        for hold in range(1, 6):
            steps += [
                said("call.hold", call + 100 * hold),
                said("call.resume", call + 100 * hold + 30),
            ]
        for step in [*steps, said("call.end", call + 700)]:
            asked += [finding.rule for finding in rules.feed(step)]
    assert asked.count("C5") == 2
