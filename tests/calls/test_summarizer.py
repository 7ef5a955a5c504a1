"""What a call comes to."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.calls.summarizer import CallSummarizer
from firmware_py.core.types import (
    HOP,
    HOPS_PER_SECOND,
    BoolArray,
    CallSummary,
    Cue,
    Features,
    Finding,
    Observation,
)
from tests.detectors.made_features import hear


def frames(speaking: BoolArray, cuts: list[int]) -> list[Features]:
    (silent,) = hear(np.zeros((HOP, 2), np.int16))
    made, start = [], 0
    for part in np.split(speaking, sorted({cut for cut in cuts if cut < len(speaking)})):
        level = np.zeros((len(part), 2), np.float32)
        made.append(replace(silent, start=start, level=level, speaking=part))
        start += len(part)
    return made


def call(what: str, start: float, late: float = 0.0) -> Observation:
    return Observation(f"call.{what}", start, start, start + late, 1.0)


def finding(rule: str) -> Finding:
    return Finding(rule, None, "phrase", 1, 1, 1, Cue.NONE, 0)


def talk(seconds: float) -> BoolArray:
    """The agent speaks in even seconds, the caller in the first half of every second."""
    second = np.arange(round(seconds * HOPS_PER_SECOND)) / HOPS_PER_SECOND
    return np.stack([second % 2 < 1, second % 1 < 0.5], axis=1)


@given(st.lists(st.integers(0, 6000), max_size=12))
def test_any_split_of_the_sound_comes_to_the_same(cuts: list[int]) -> None:
    summarizer = CallSummarizer()
    for features in frames(talk(60), cuts):
        summarizer.listen(features)
    summarizer.follow(call("start", 50, late=2), [])
    summarizer.follow(call("end", 58, late=2), [])
    assert [*summarizer.take_ended()] == [CallSummary(50, 58, 4.0, 4.0, 2.0, 0.0)]


@pytest.mark.parametrize(("syllables", "pace"), [(39, None), (60, 5.0)])
def test_pace_is_that_of_the_call_without_its_pauses(syllables: int, pace: float | None) -> None:
    summarizer = CallSummarizer()
    summarizer.listen(replace(frames(talk(40), [])[0], posteriors=np.empty((0, 3), np.float32)))
    summarizer.follow(call("start", 10), [])
    # Five a second and a long pause, and one of before the call.
    summarizer._spoken.extend([900, *(1000 + 20 * n + 800 * (n > 30) for n in range(syllables))])
    summarizer.follow(call("end", 40), [])
    assert summarizer.take_ended()[0].pace == (pace and pytest.approx(pace, rel=0.02))


def test_findings_are_given_their_call() -> None:
    summarizer = CallSummarizer()
    (before,) = summarizer.count([finding("a")])
    (first,) = summarizer.follow(call("start", 3), [finding("b")])
    (later,) = summarizer.count([finding("b")])
    (last,) = summarizer.follow(call("end", 9), [finding("c")])
    (after,) = summarizer.count([finding("a")])
    assert [one.call for one in (before, first, later, last, after)] == [None, 3, 3, 3, None]
    assert summarizer.take_ended()[0].counts == {"b": 2, "c": 1}


def test_time_on_hold_is_summed_even_where_the_call_ends_in_it() -> None:
    summarizer = CallSummarizer()
    for what, at in (("start", 0), ("hold", 5), ("resume", 8), ("hold", 20), ("end", 22)):
        summarizer.follow(call(what, at), [])
    assert summarizer.take_ended()[0].hold_s == 5


def test_a_call_whose_start_was_not_heard_is_not_summed_up() -> None:
    summarizer = CallSummarizer()
    summarizer.follow(call("hold", 5), [])
    summarizer.follow(call("end", 9), [])
    assert not summarizer.take_ended()


@pytest.mark.parametrize("in_call", [False, True])
def test_it_remembers_half_a_minute_and_no_more(in_call: bool) -> None:
    summarizer = CallSummarizer()
    if in_call:
        summarizer.follow(call("start", 0), [])
    for features in frames(talk(600), [*range(0, 60_000, 7)]):
        summarizer.listen(features)
    assert sum(map(len, summarizer._speaking)) <= 30 * HOPS_PER_SECOND + 7


@given(st.lists(st.integers(0, 20_000), max_size=40))
def test_a_long_call_comes_to_the_same_however_it_is_cut(cuts: list[int]) -> None:
    summarizer = CallSummarizer()
    for number, features in enumerate(frames(talk(200), cuts)):
        summarizer.listen(features)
        if not number:
            summarizer.follow(call("start", 0.5), [])
    summarizer.follow(call("end", 190.5), [])
    (summary,) = summarizer.take_ended()
    # Half a second of the agent and of both is cut off before, and as much is left after.
    assert (summary.talk_s, summary.listen_s, summary.both_s) == (95.0, 95.0, 47.5)
