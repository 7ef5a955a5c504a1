"""The engine: each kind of rule at work."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import Cue, Finding, Observation
from firmware_py.rules.engine import Rules
from firmware_py.rules.hours import started_at
from firmware_py.rules.rulebook import Rulebook
from tests.rules.said import book, said


def rule(text: str, extra: str = "") -> str:
    return f'[[rule]]\nid = "r"\n{text}\n{extra}\n'


def run(rules: Rules, observations: Iterable[Observation], until: float = 0.0) -> list[Finding]:
    findings = [finding for observation in observations for finding in rules.feed(observation)]
    return findings + rules.advance(until) if until else findings


def times(text: str, *observations: Observation, until: float = 0.0) -> list[float]:
    """Seconds at which the rules of a text speak."""
    return [finding.at for finding in run(Rules(book(text)), observations, until)]


def test_a_finding_tells_what_the_rule_and_the_observation_say() -> None:
    text = rule(
        'kind = "never"\nclause = "F5"\nwhen = "phrase.P1"\ncue = "red"',
        'advice = { zh = "请", en = "please" }',
    )
    observation = said("phrase.P1", 3.0, lasting=1.0, late=0.25)
    finding = Finding(
        rule="r",
        clause="F5",
        kind="phrase",
        at=3.25,
        start=2.0,
        end=3.0,
        cue=Cue.RED,
        score=-0.1,
        advice="请",
        because=(observation,),
    )
    assert Rules(book(text)).feed(observation) == [finding]
    (english,) = Rules(book(text), language="en").feed(observation)
    assert english.advice == "please"


def test_never_ignores_what_it_does_not_name() -> None:
    text = rule('kind = "never"\nwhen = "phrase.P1"')
    assert times(text, said("phrase.P2", 1), said("shouting", 2), said("phrase.P1.half", 3)) == [3]


def test_a_rule_that_spoke_stays_silent_for_its_refractory_time() -> None:
    text = rule('kind = "never"\nwhen = "eating"\nrefractory_s = 5')
    assert times(text, *(said("eating", at) for at in (1, 3, 5.9, 6, 7, 11.5))) == [1, 6, 11.5]


def test_a_rule_that_is_not_enabled_says_nothing() -> None:
    assert times(rule('kind = "never"\nwhen = "eating"\nenabled = false'), said("eating", 1)) == []


def test_limit_speaks_on_one_too_many_within_the_window() -> None:
    text = rule('kind = "limit"\nwhen = "backchannel"\nmost = 2\nwithin_s = 10\nrefractory_s = 0')
    at = [1, 5, 12, 13, 14, 30, 31]
    assert times(text, *(said("backchannel", t) for t in at)) == [13]
    assert times(text, *(said("backchannel", t) for t in (1, 2, 3, 4, 5, 6))) == [3, 6]


def test_limit_without_a_window_counts_by_call() -> None:
    text = rule('kind = "limit"\nwhen = "backchannel"\nmost = 1')
    first, second = said("backchannel", 1), said("backchannel", 900)
    assert times(text, first, second) == [900]
    assert times(text, first, said("call.start", 500), second) == []
    assert times(text, first, said("call.end", 500), second) == []


def test_together_in_any_order_within_the_gap() -> None:
    text = rule('kind = "together"\nall = ["shouting", "phrase.P1|phrase.P2"]\nwithin_s = 2')
    assert times(text, said("shouting", 1), said("phrase.P2", 2.5)) == [2.5]
    assert times(text, said("phrase.P1", 1), said("shouting", 2.5)) == [2.5]
    assert times(text, said("shouting", 1), said("phrase.P1", 3.5)) == []
    assert times(text, said("shouting", 1), said("phrase.P1", 5, lasting=2)) == [5]
    assert times(text, said("shouting", 1), said("shouting", 1.5)) == []


def test_together_without_a_gap_must_overlap() -> None:
    text = rule('kind = "together"\nall = ["turn.agent<1.2", "phrase.P1"]')
    phrase = said("phrase.P1", 2, lasting=0.5)
    assert times(text, phrase, said("turn.agent", 2.1, lasting=0.8, value=0.8, late=0.5)) == [2.6]
    assert times(text, phrase, said("turn.agent", 2.1, lasting=1.8, value=1.8, late=0.5)) == []
    assert times(text, phrase, said("turn.agent", 3.1, lasting=0.8, value=0.8, late=0.5)) == []


def test_sequence_in_order_with_short_gaps() -> None:
    text = rule(
        'kind = "sequence"\nsteps = ["phrase.P1", "phrase.P2"]\nwithin_s = 2',
        'unless = "turn.caller"',
    )
    ask = said("phrase.P1", 2)
    assert times(text, ask, said("phrase.P2", 4.5, lasting=1)) == [4.5]
    assert times(text, ask, said("phrase.P2", 5.5, lasting=1)) == []
    assert times(text, said("phrase.P2", 1), ask) == []
    assert times(text, ask, said("turn.caller", 3), said("phrase.P2", 3.5)) == []
    assert times(text, ask, said("phrase.P1", 9), said("phrase.P2", 10)) == [10]


def test_sequence_may_name_a_step_twice() -> None:
    text = rule('kind = "sequence"\nsteps = ["phrase.P1", "phrase.P1", "phrase.P2"]')
    one, two = said("phrase.P1", 1), said("phrase.P1", 2)
    assert times(text, one, said("phrase.P2", 3)) == []
    assert times(text, one, two, said("phrase.P2", 3)) == [3]


MUST_AFTER = rule(
    'kind = "must"\nneed = ["phrase.P1|phrase.P2", "phrase.P3"]\nafter = "call.start"',
    'within_s = 5\nunless = "call.hold"',
)
START = said("call.start", 10)


def test_must_after_speaks_at_its_deadline() -> None:
    assert times(MUST_AFTER, START, until=14.9) == []
    assert times(MUST_AFTER, START, until=15) == [15]
    assert times(MUST_AFTER, START, said("eating", 16)) == [15]
    assert times(MUST_AFTER, START, said("phrase.P1", 11), until=20) == [15]


def test_must_after_is_content_with_all_that_is_needed_in_order() -> None:
    one, three = said("phrase.P1", 11), said("phrase.P3", 15)
    assert times(MUST_AFTER, START, one, three, until=20) == []
    assert times(MUST_AFTER, START, said("phrase.P2", 11), three, until=20) == []
    assert times(MUST_AFTER, START, said("phrase.P3", 11), said("phrase.P1", 12), until=20) == [15]


def test_must_after_counts_what_was_said_before_its_trigger_was_told() -> None:
    late = said("call.start", 10, late=3)
    assert times(MUST_AFTER, said("phrase.P1", 11), said("phrase.P3", 12), late, until=20) == []
    assert times(MUST_AFTER, said("phrase.P1", 2), said("phrase.P3", 3), late, until=20) == [15]


def test_must_after_is_lifted() -> None:
    assert times(MUST_AFTER, START, said("call.hold", 12), until=20) == []
    assert times(MUST_AFTER, START, said("call.end", 12), until=20) == []


def test_what_is_left_out_tells_what_came_and_is_an_omission() -> None:
    one = said("phrase.P1", 11)
    (finding,) = run(Rules(book(MUST_AFTER)), [START, one], until=15)
    assert finding.kind == "omission"
    assert finding.because == (START, one)


def test_must_before_looks_back_from_its_trigger() -> None:
    text = rule('kind = "must"\nneed = ["phrase.P1"]\nbefore = "call.hold"\nwithin_s = 10')
    hold = said("call.hold", 20)
    assert times(text, said("phrase.P1", 15), hold) == []
    assert times(text, said("phrase.P1", 5), hold) == [20]
    assert times(text, hold, said("phrase.P1", 21)) == [20]


def test_rules_hear_of_each_other() -> None:
    text = """
        [[rule]]
        id = "once"
        kind = "never"
        when = "eating"
        refractory_s = 0
        [[rule]]
        id = "often"
        kind = "limit"
        when = "rule.once"
        most = 1
    """
    findings = run(Rules(book(text)), [said("eating", 1), said("eating", 2)])
    assert [(f.rule, f.at, f.kind) for f in findings] == [
        ("once", 1, "eating"),
        ("once", 2, "eating"),
        ("often", 2, "eating"),
    ]


def test_hours_are_those_of_the_moment_when_the_cause_began() -> None:
    text = MUST_AFTER.replace("unless", 'hours = "04:00-08:00"\nunless')
    for second, spoke in ((0, True), (49, True), (51, False)):
        rules = Rules(book(text), started_at(datetime(2026, 3, 2, 7, 59, second)))
        assert bool(run(rules, [START], until=15)) is spoke


NAMES = ["phrase.P1", "phrase.P2", "eating", "call.start", "call.end", "call.hold"]


@cache
def all_kinds() -> Rulebook:
    return book(
        '[[rule]]\nid = "n"\nkind = "never"\nwhen = "eating|call"\nrefractory_s = 3\n'
        '[[rule]]\nid = "l"\nkind = "limit"\nwhen = "rule.n"\nmost = 1\nwithin_s = 9\n'
        '[[rule]]\nid = "t"\nkind = "together"\nall = ["eating", "phrase"]\nwithin_s = 2\n'
        '[[rule]]\nid = "s"\nkind = "sequence"\nsteps = ["phrase.P1", "eating"]\n'
        '[[rule]]\nid = "m"\nkind = "must"\nneed = ["phrase.P1"]\nafter = "call.start|eating"\n'
        "within_s = 4\n"
        '[[rule]]\nid = "b"\nkind = "must"\nneed = ["phrase.P2"]\nbefore = "call.end"\n'
    )


calls = st.lists(
    st.tuples(st.sampled_from(NAMES), st.floats(0, 3).map(lambda x: round(x, 2))), max_size=25
)


def timed(call: list[tuple[str, float]]) -> list[Observation]:
    at = 0.0
    observations = []
    for name, pause in call:
        at += pause
        observations.append(said(name, at))
    return observations


@given(calls, st.lists(st.floats(0, 80), max_size=20))
def test_how_often_time_is_told_changes_nothing(
    call: list[tuple[str, float]], ticks: list[float]
) -> None:
    observations = timed(call)
    expected = run(Rules(all_kinds()), observations, until=100)
    rules = Rules(all_kinds())
    findings = []
    for observation in observations:
        for tick in sorted(t for t in ticks if t < observation.at):
            findings += rules.advance(tick)
        findings += rules.feed(observation)
    assert findings + rules.advance(100) == expected


@given(calls, calls)
def test_reset_equals_fresh(
    before: list[tuple[str, float]], after: list[tuple[str, float]]
) -> None:
    rules = Rules(all_kinds())
    run(rules, timed(before))
    rules.reset()
    expected = run(Rules(all_kinds()), timed(after), until=100)
    assert run(rules, timed(after), until=100) == expected


@given(calls)
def test_time_never_runs_back_and_no_rule_speaks_in_its_refractory_time(
    call: list[tuple[str, float]],
) -> None:
    findings = run(Rules(all_kinds()), timed(call), until=100)
    assert [f.at for f in findings] == sorted(f.at for f in findings)
    for one in all_kinds().rules:
        spoke = [f.at for f in findings if f.rule == one.id]
        # The sum is the engine's own: the difference of two floats is rounded in another way.
        assert all(b >= a + one.refractory_s for a, b in itertools.pairwise(spoke))


@pytest.mark.parametrize("name", ["unheard.of", "x"])
def test_what_nobody_hears_is_no_trouble(name: str) -> None:
    assert Rules(all_kinds()).feed(said(name, 1)) == []


BANNED = rule('kind = "never"\nwhen = "phrase.P1"\nrefractory_s = 0')


def test_between_two_calls_a_rule_is_silent_unless_it_says_so() -> None:
    heard = [said("call.end", 5), said("phrase.P1", 7), said("call.start", 60)]
    assert times(BANNED, *heard, said("phrase.P1", 65)) == [65]
    assert times(BANNED + "between_calls = true", *heard) == [7]
    assert times(BANNED, said("line.idle", 1), said("phrase.P1", 7)) == []


def test_before_the_first_call_nobody_knows_and_rules_speak() -> None:
    assert times(BANNED, said("phrase.P1", 3)) == [3]


def test_what_was_said_before_the_start_was_sure_is_neither_lost_nor_doubled() -> None:
    start = Observation("call.start", start=60, end=60, at=62, score=1)
    heard = [said("call.end", 5), said("phrase.P1", 50), said("phrase.P1", 61), start]
    assert times(BANNED, *heard) == [62]
    assert times(BANNED, *heard[1:]) == [50, 61]


def test_another_rulebook_in_mid_call_goes_on_with_the_call() -> None:
    duty = rule('kind = "must"\nneed = ["phrase.P1"]\nafter = "call.start"\nwithin_s = 5')
    rules = Rules(book(BANNED))
    rules.feed(said("call.start", 10))
    rules.replace_rulebook(book(duty))
    assert rules.advance(14.9) == []
    assert [f.at for f in rules.advance(15.0)] == [15.0]
    rules.feed(said("call.end", 20))
    rules.replace_rulebook(book(BANNED))
    assert rules.feed(said("phrase.P1", 21)) == []


def test_another_rulebook_repeats_nothing() -> None:
    rules = Rules(book(BANNED))
    rules.feed(said("call.start", 10))
    assert len(rules.feed(said("phrase.P1", 12))) == 1
    rules.replace_rulebook(book(BANNED))
    assert rules.advance(30) == []


DUTY = rule('kind = "must"\nneed = ["phrase.P1"]\nafter = "call.start"\nwithin_s = 5')
BEGUN = said("call.start", 1)


def test_a_deadline_waits_for_the_end_of_the_agents_sentence() -> None:
    speaking = [BEGUN, said("onset.agent", 4)]
    assert times(DUTY, *speaking, said("phrase.P1", 7), until=30) == []
    assert times(DUTY, *speaking, said("turn.agent", 7), until=30) == [7]
    assert times(DUTY, *speaking, until=30) == [9]
    assert times(DUTY, BEGUN, said("onset.agent", 2), said("turn.agent", 3), until=30) == [6]


def test_never_takes_an_excuse() -> None:
    text = rule(
        'kind = "never"\nwhen = "quiet.both"\nunless = "phrase.P1"\nwithin_s = 5\nrefractory_s = 0'
    )
    excuse = said("phrase.P1", 10)
    assert times(text, excuse, said("quiet.both", 22, lasting=6)) == [22]
    assert times(text, excuse, said("quiet.both", 18, lasting=8)) == []


def test_never_may_wait_for_something_in_the_call() -> None:
    text = rule('kind = "never"\nwhen = "quiet.unanswered"\nafter = "onset.agent"')
    waits = said("quiet.unanswered", 22, lasting=4)
    assert times(text, waits) == []
    assert times(text, said("onset.agent", 9), waits) == [22]
    assert times(text, said("onset.agent", 9), said("call.start", 15), waits) == []
