"""The timeline of a call, gathered while it is heard."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from firmware_py.core.types import HOP, Cue, Features, Finding, Observation, StepResult
from firmware_py.reports.call_timeline import Glimpse, Moment
from firmware_py.reports.timeline_builder import TimelineBuilder, light_of, mark_of, wanted_words
from firmware_py.rules import load_rulebook
from tests.detectors.made_features import hear

BEGAN = datetime(2026, 11, 24, 9, 5)
BOOK = load_rulebook("10086")


def features(start: int, hops: int, speaking: bool) -> Features:
    (silent,) = hear(np.zeros((hops * HOP, 2), np.int16))
    return replace(silent, start=start, speaking=np.full((hops, 2), speaking))


def heard(name: str, end: float) -> Observation:
    return Observation(name, end - 0.5, end, end + 0.1, -0.2)


def finding(at: float, cue: Cue, clause: str | None = "F5") -> Finding:
    return Finding("ours", clause, "phrase", at, at - 1, at, cue, -0.1, "请说：好")


def test_steps_of_any_length_make_one_timeline() -> None:
    builder = TimelineBuilder(BOOK)
    builder.hear(StepResult())
    for start, hops in ((0, 6), (6, 0), (6, 94)):
        builder.hear(StepResult(features(start, hops, start > 0)))
    call_timeline = builder.call_timeline("call.wav", BEGAN)
    assert (call_timeline.seconds, call_timeline.rulebook) == (1.0, "10086 咨询")
    assert call_timeline.share.both == 0.94


def test_words_of_the_standard_are_told_and_banned_ones_are_not() -> None:
    builder = TimelineBuilder(BOOK)
    names = ("phrase.A2.morning", "phrase.F5", "phrase.F10.half", "call.start", "onset.agent")
    builder.hear(StepResult(features(0, 6, True), tuple(heard(name, 3.0) for name in names)))
    call_timeline = builder.call_timeline("call.wav", BEGAN)
    assert [(one.clause, one.text) for one in call_timeline.words] == [("A2", "早上好")]
    assert call_timeline.life == (Moment("start", 2.5),)


def test_no_banned_phrase_is_wanted() -> None:
    wanted = wanted_words(BOOK)
    assert not [phrase for phrase in wanted if phrase.startswith("F")]
    assert {"A2.morning", "B1.thanks", "C5.sorry"} <= wanted.keys()


def test_a_mark_names_its_clause_and_a_site_s_own_rule_its_advice() -> None:
    assert mark_of(finding(5, Cue.RED)).title == "不关我的事！"
    assert mark_of(finding(5, Cue.RED), "en").title == "None of my business!"
    own = mark_of(finding(5, Cue.RED, clause=None))
    assert (own.clause, own.title) == ("ours", "请说：好")


def test_the_light_is_told_as_it_shines() -> None:
    told = [*light_of([finding(10, Cue.AMBER), finding(11, Cue.RED)], 60)]
    assert told == [Glimpse(Cue.AMBER, 10.0, 13.0), Glimpse(Cue.RED, 13.0, 20.2)]
    assert [*light_of([], 60)] == []
