"""Calls in which something goes wrong besides the words: nothing is lost, nothing doubled."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.types import RATE, Block, Finding, PcmArray, StepResult
from firmware_py.device.pipeline import Pipeline
from firmware_py.rules import DeskTime, started_at
from lab.scenarios.builder import render
from lab.scenarios.hearing import BLOCK, hear, phone_model, rulebook
from lab.scenarios.reading import MORNING, Line, Scenario, Twin, Who

pytestmark = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
END = CallSignal(CallAction.END)
RUDE = Scenario(
    "interrupted",
    "F5",
    (
        Line(say="上午好,中国移动,很高兴为您服务!", pause=0.4),
        Line(Who.CALLER, say="你好,我想问一下这个月的话费。"),
        Line(say="不关我的事!"),
        Line(Who.CALLER, say="知道了。"),
        Line(say="请问我刚才给您的解释您明白吗?"),
        Line(Who.CALLER, say="明白了。"),
        Line(say="感谢您使用中国移动,祝您生活愉快,再见。", pause=1.7),
    ),
    agent="f5",
)


class Clock:
    """A wall clock that somebody sets."""

    seconds = MORNING.timestamp()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.seconds


def pipeline(*, live: bool = False, clock: Clock | None = None) -> Pipeline:
    listener = phone_model()
    listener.reset()
    time = DeskTime(clock) if clock else started_at(MORNING)
    return Pipeline(rulebook("10086"), listener, time, live=live)


def play(
    device: Pipeline, pcm: PcmArray, first: float = 0.0, last: float = 1e9
) -> list[StepResult]:
    part = pcm[round(first * RATE) : round(min(last, len(pcm) / RATE) * RATE)]
    return [
        device.feed(Block(seq, part[at : at + BLOCK]))
        for seq, at in enumerate(range(0, len(part), BLOCK))
    ]


def findings(results: Iterable[StepResult]) -> list[Finding]:
    return [finding for result in results for finding in result.findings]


def summaries(results: Iterable[StepResult]) -> int:
    return sum(len(result.summaries) for result in results)


def rules(results: Iterable[StepResult]) -> list[str]:
    return [finding.rule for finding in findings(results)]


def test_a_call_told_to_end_twice_ends_once() -> None:
    device, pcm = pipeline(), render(RUDE, Twin.BREACH).pcm
    found = [device.signal(CallSignal(CallAction.START)), *play(device, pcm, 0, 12)]
    found += [device.signal(END), device.signal(END)]
    found += [*play(device, np.zeros((5 * RATE, 2), np.int16)), device.signal(END)]
    assert rules(found) == ["F5", "D7", "E10"]
    assert summaries(found) == 1


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_by_an_hour_costs_and_doubles_nothing(hours: int) -> None:
    clock, pcm = Clock(), render(RUDE, Twin.BREACH).pcm
    device = pipeline(clock=clock)
    found = play(device, pcm, 0, 5)
    clock.seconds += 3600 * hours + 5
    device_time = datetime.fromtimestamp(clock.now())
    found += play(device, pcm, 5)
    assert rules(found) == ["F5"]
    assert abs((device_time - MORNING).total_seconds()) > 3000
    times = [finding.at for finding in findings(found)]
    assert times == sorted(times)


def test_a_device_restarted_in_mid_call_goes_on_without_inventing_anything() -> None:
    pcm = render(RUDE, Twin.BREACH).pcm
    whole = rules(play(pipeline(live=True), pcm))
    before = play(pipeline(live=True), pcm, 0, 8)
    device = pipeline(live=True)
    after = play(device, pcm, 8.5)
    assert rules(before) + rules(after) == whole == ["F5"]
    assert not summaries(after)  # its start was not heard, so nothing is summed up


def test_another_rulebook_in_mid_call_goes_on_with_the_call() -> None:
    pcm, device = render(RUDE, Twin.BREACH).pcm, pipeline()
    found = play(device, pcm, 0, 8)
    device.replace_rulebook(replace(rulebook("10086"), version=99))
    found += play(device, pcm, 8)
    assert rules(found) == ["F5"]
    assert summaries(found) == 1


def test_told_or_inferred_a_call_is_judged_alike() -> None:
    inferred, _ = hear(RUDE, Twin.BREACH)
    told, _ = hear(replace(RUDE, told=True), Twin.BREACH)
    assert [one.rule for one in told] == [one.rule for one in inferred] == ["F5"]


def test_a_call_told_as_another_profile_just_after_it_was_inferred_is_one_call() -> None:
    pcm, device = render(RUDE, Twin.BREACH).pcm, pipeline()
    found = play(device, pcm, 0, 1.8)
    device.replace_rulebook(rulebook("12580"))
    found += [device.signal(CallSignal(CallAction.START))]
    found += play(device, pcm, 1.8, 10)
    assert rules(found) == ["A3"]
