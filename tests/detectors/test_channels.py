"""Whether agent and caller come where they should."""

from collections.abc import Callable

import numpy as np
import pytest
import soxr

from firmware_py.core.types import RATE
from firmware_py.detectors.channels import Channels
from firmware_py.detectors.interruption import Interruption
from tests.detectors.made_features import Sound, hear, names, noise, run, split, to_pcm, voice

SECONDS = 40


def side(turn: int, pitch_hz: float, db: float = -26.0) -> Sound:
    """Every other four seconds of talk, over the noise of a room."""
    sound = noise(SECONDS, -65, seed=turn)
    for at in range(4 * turn, SECONDS, 8):
        words = voice(3.5, db, pitch_hz, -6, seed=at) + noise(3.5, db - 25, seed=at)
        sound[at * RATE : at * RATE + len(words)] += words[: len(sound) - at * RATE]
    return sound


def telephone(sound: Sound) -> Sound:
    """The same over a line of 8 kHz."""
    narrow = soxr.resample(soxr.resample(sound, RATE, 6_800), 6_800, RATE)
    return np.asarray(np.pad(narrow, (0, max(0, len(sound) - len(narrow))))[: len(sound)])


AGENT, CALLER = side(0, 190), side(1, 120)
NOTHING = np.zeros(SECONDS * RATE)


def heard(agent: Sound, caller: Sound) -> list[tuple[str, float]]:
    seen = run(Channels(), hear(to_pcm(agent, caller), range(1920, SECONDS * RATE, 1920)))
    return [(one.name, one.at) for one in seen]


@pytest.mark.parametrize("caller", [CALLER, telephone(CALLER)])
def test_two_sides_are_as_they_should_be(caller: Sound) -> None:
    assert heard(AGENT, caller) == []


def test_silence_between_calls_makes_no_line_wide() -> None:
    words = np.concatenate([np.zeros(3 * RATE), telephone(AGENT)])
    agent = words + noise(SECONDS + 3, -52, seed=8)
    caller = telephone(CALLER) + noise(SECONDS, -62, seed=9)
    pcm = to_pcm(
        agent, np.concatenate([caller[: 2 * RATE], np.zeros(3 * RATE), caller[2 * RATE :]])
    )
    assert run(Channels(), hear(pcm, range(1920, len(pcm), 1920))) == []


def test_an_echo_is_no_mix() -> None:
    echo = np.concatenate([np.zeros(RATE // 20), CALLER])[: len(CALLER)] * 10 ** (-15 / 20)
    assert heard(AGENT + echo, CALLER) == []


@pytest.mark.situation(
    "Sound",
    "one mix on both channels",
    "named after some 10 s of sound (`fault.channels.same`), 30 s of speech where the sides differ "
    "by more than 9 dB, in health too, whatever delay (up to 70 ms), sign or codec lies between; "
    "no phrase is charged, nobody interrupts himself, no light comes on, and once it is named "
    "nothing is recorded of the agent",
    "wire or record the agent left, the caller right",
)
@pytest.mark.parametrize("gain", [1.0, 0.6])
def test_one_mix_on_both_sides_is_named_in_time(gain: float) -> None:
    mix = AGENT + CALLER
    ((name, at),) = heard(mix, gain * mix)
    assert name == "fault.channels.same"
    assert at <= 30


@pytest.mark.situation("Sound", "one mix on both channels")
@pytest.mark.parametrize(
    ("other", "within_s"),
    [
        (lambda mix: np.roll(-mix, RATE // 33), 20),
        (lambda mix: telephone(mix), 20),
        (lambda mix: 0.2 * mix, 40),
        (lambda mix: 5 * mix, 40),
    ],
    ids=["late and reversed", "by telephone", "14 dB softer", "14 dB louder"],
)
def test_whatever_lies_between_both_sides_of_a_mix_it_is_named(
    other: Callable[[Sound], Sound], within_s: float
) -> None:
    mix = 0.4 * (AGENT + CALLER)
    ((name, at),) = heard(mix, other(mix))
    assert name == "fault.channels.same"
    assert at <= within_s


def test_two_sides_after_a_mix_are_well_again() -> None:
    half = len(AGENT) // 2
    mix = AGENT[:half] + CALLER[:half]
    seen = heard(np.concatenate([mix, AGENT[:half]]), np.concatenate([mix, CALLER[:half]]))
    assert [name for name, _ in seen] == ["fault.channels.same", "channels.ok"]


@pytest.mark.situation("Sound", "one mix on both channels")
def test_nobody_interrupts_himself_in_a_mix() -> None:
    mix = AGENT + CALLER
    seen = names(run(Interruption(), hear(to_pcm(mix, mix))))
    assert not [name for name in seen if name.startswith("interruption")]


@pytest.mark.situation(
    "Sound",
    "a mono headset: one channel has been silent since the start, or hums",
    "named after 25 s of speech (`fault.channels.mono`), in health too; it is gone with "
    "the first signal",
    "check the wiring",
)
def test_a_mono_headset_is_named_in_time() -> None:
    mix = AGENT + CALLER
    time = np.arange(SECONDS * RATE) / RATE
    hum = 0.003 * np.sin(2 * np.pi * 50 * time) + noise(SECONDS, -75)
    for sides in ((mix, NOTHING), (NOTHING, mix), (mix, hum), (hum, mix)):
        ((name, at),) = heard(*sides)
        assert name == "fault.channels.mono"
        assert at <= 33


@pytest.mark.situation(
    "Sound",
    "caller left, agent right",
    "named within 30 s of speech (`fault.channels.swapped`) where the agent's side has the band "
    "of a telephone line and the caller's has not, or where the caller's side alone carries an "
    "echo of the agent's, as a microphone beside an earpiece does; where neither shows, it is "
    "not known",
    "`[tap] swap = true`; for recordings `deskcue replay --swap`, `deskcue spot --swap`",
)
def test_a_wide_caller_and_a_narrow_agent_are_swapped() -> None:
    ((name, at),) = heard(telephone(CALLER), AGENT)
    assert name == "fault.channels.swapped"
    assert at <= 30


def echoed(sound: Sound, late_s: float, db: float) -> Sound:
    late = np.concatenate([np.zeros(round(late_s * RATE)), sound])[: len(sound)]
    return np.asarray(late * 10 ** (db / 20))


@pytest.mark.situation("Sound", "caller left, agent right")
def test_the_channel_that_hears_the_other_is_the_agents() -> None:
    ((name, at),) = heard(CALLER, AGENT + echoed(CALLER, 0.04, -25))
    assert name == "fault.channels.swapped"
    assert at <= 30


@pytest.mark.parametrize(("near_db", "far_s"), [(-25, 0.12), (-200, 0.3)])
def test_an_echo_from_the_far_end_swaps_nothing(near_db: float, far_s: float) -> None:
    ours, theirs = AGENT + echoed(CALLER, 0.04, near_db), CALLER + echoed(AGENT, far_s, -25)
    assert heard(ours, theirs) == []


def test_what_is_heard_does_not_depend_on_blocks() -> None:
    mix = AGENT + CALLER
    (whole,) = hear(to_pcm(mix, mix))
    expected = run(Channels(), [whole])
    assert run(Channels(), split(whole, range(7, whole.hops, 90))) == expected
