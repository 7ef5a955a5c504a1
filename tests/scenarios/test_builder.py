"""Rendering: the line of a call, and the same sound every time."""

import shutil

import numpy as np
import pytest

from firmware_py.calls.signals import CallAction
from firmware_py.core.types import AGENT, CALLER, RATE
from lab.scenarios import sounds
from lab.scenarios.builder import IDLE_S, TAIL_S, render
from lab.scenarios.reading import Line, Noise, Scenario, Twin, Who

needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="espeak-ng is not installed"
)


def scenario(*lines: Line, told: bool = False) -> Scenario:
    return Scenario("x", "F5", lines, told=told)


MUSIC = Line(Who.CALLER, noise=Noise.MUSIC, seconds=4.0, pause=0.0)


def silent(pcm: np.ndarray, channel: int, start: float, end: float) -> bool:
    return not pcm[round(start * RATE) : round(end * RATE), channel].any()


def test_the_callers_channel_is_dead_outside_the_call() -> None:
    pcm = render(scenario(MUSIC), Twin.CLEAN).pcm
    end = len(pcm) / RATE - TAIL_S
    assert silent(pcm, CALLER, 0, IDLE_S)
    assert silent(pcm, CALLER, end, end + TAIL_S)
    assert not silent(pcm, CALLER, end - 0.5, end)
    assert not silent(pcm, AGENT, 0, IDLE_S)


def test_the_microphone_is_dead_on_hold() -> None:
    lines = (Line(call=CallAction.HOLD, pause=1.0), Line(call=CallAction.RESUME, pause=3.0), MUSIC)
    pcm = render(scenario(*lines), Twin.CLEAN).pcm
    assert silent(pcm, AGENT, IDLE_S + 1, IDLE_S + 4)
    assert not silent(pcm, AGENT, IDLE_S + 4, IDLE_S + 5)


def test_what_the_phone_system_tells() -> None:
    told = render(scenario(MUSIC, told=True), Twin.CLEAN).told
    assert [(at, signal.action) for at, signal in told] == [(1.0, "start"), (6.0, "end")]
    assert not render(scenario(MUSIC), Twin.CLEAN).told


@needs_espeak
def test_a_call_sounds_the_same_every_time_and_lines_lie_where_they_belong() -> None:
    lines = (Line(say="您好", pause=1.0), Line(Who.CALLER, say="你好", pause=-0.2))
    pcm = render(scenario(*lines), Twin.CLEAN).pcm
    assert np.array_equal(pcm, render(scenario(*lines), Twin.CLEAN).pcm)
    agent, caller = (np.flatnonzero(np.abs(pcm[:, side].astype(int)) > 100) for side in (0, 1))
    assert agent[0] / RATE == pytest.approx(2.0, abs=0.1)
    assert agent[-1] / RATE - caller[0] / RATE == pytest.approx(0.2, abs=0.12)


def test_noises_are_what_their_names_say() -> None:
    rng = np.random.default_rng(1)
    ring = sounds.ringing(6.0)
    assert not ring[RATE : 5 * RATE].any()
    spectrum = np.abs(np.fft.rfft(ring[:RATE]))
    assert spectrum.argmax() == 450
    level = sounds.at_level(sounds.chewing(5.0, rng), -40.0)
    assert 20 * np.log10(np.sqrt(np.mean(level**2))) == pytest.approx(-40, abs=0.5)
