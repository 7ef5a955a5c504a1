"""A light is worth having only if something can be done, and if it comes once."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import Cue, Observation
from firmware_py.light.scheduler import CHANGE_S
from firmware_py.rules import Rules, bundled_rulebooks, load_rulebook
from firmware_py.rules.kinds import Must, Never, Sequence, events_of
from firmware_py.rules.rulebook import Rule
from tests.rules.said import said

rulebook = cache(load_rulebook)
PROFILES = pytest.mark.parametrize("profile", bundled_rulebooks())


def last_words(rule: Rule) -> str:
    """Event at which the rule speaks, as far as one event decides."""
    match rule.kind:
        case Never(when=event) | Must(before=event) if event:
            return str(event)
        case Sequence(steps=steps):
            return str(steps[-1])
    return ""


@PROFILES
def test_what_is_too_late_to_mend_gets_no_light(profile: str) -> None:
    for rule in rulebook(profile).rules:
        late = rule.hidden or re.search(r"call\.(end|hold)", last_words(rule))
        assert not late or rule.cue is Cue.NONE, rule.id


@PROFILES
def test_red_is_kept_for_banned_words_abuse_and_serious_interruption(profile: str) -> None:
    for rule in rulebook(profile).rules:
        banned = str(rule.clause).startswith("F")
        red = rule.cue is Cue.RED
        assert banned <= red <= (banned or rule.clause in {"E6", "E8"}), rule.id


@PROFILES
def test_a_light_says_what_to_do_and_does_not_nag(profile: str) -> None:
    for rule in rulebook(profile).rules:
        if rule.cue is not Cue.NONE:
            assert rule.advice.zh, rule.id
            assert rule.advice.en, rule.id
            assert rule.refractory_s >= 3 * CHANGE_S, rule.id


EVENTS = sorted(
    {
        pattern.name
        for rule in rulebook("10086").rules
        for _, event in events_of(rule.kind)
        for pattern in event.any_of
        if not pattern.name.startswith("rule.")
    }
)


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.floats(0.0, 8.0)), max_size=120))
def test_the_same_breach_is_not_shown_twice_in_its_refractory_time(
    steps: list[tuple[str, float]],
) -> None:
    rules, at = Rules(rulebook("10086")), 0.0
    silent_until: dict[str, float] = {}
    quiet = {rule.id: rule.refractory_s for rule in rulebook("10086").rules}
    for name, pause in steps:
        at += pause
        observation: Observation = said(name, at, lasting=min(at, 1.0), value=2.0)
        for finding in [*rules.advance(at), *rules.feed(observation)]:
            assert finding.at >= silent_until.get(finding.rule, 0.0)
            silent_until[finding.rule] = finding.at + quiet[finding.rule]
