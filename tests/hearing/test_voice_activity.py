"""Speech: noise floor and hysteresis, on drawn levels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import AGENT, CALLER, FloatArray
from firmware_py.hearing.voice_activity import HANGOVER, ONSET, VoiceActivity


def levels(*stretches: tuple[float, float, float], jitter: float = 0.5) -> FloatArray:
    """Levels drawn as (seconds, agent dBFS, caller dBFS), with the jitter of real noise."""
    rows = [np.full((round(100 * s), 2), (a, c), dtype=np.float32) for s, a, c in stretches]
    drawn = np.concatenate(rows)
    wobble = np.random.default_rng(0).standard_normal(drawn.shape) * jitter
    return np.asarray(np.where(drawn > -100, drawn + wobble, drawn), dtype=np.float32)


def bursts(seconds: float, peak: float, pause: float = -60.0) -> list[tuple[float, float, float]]:
    """An agent's words of 300 ms with gaps of 100 ms."""
    return [(0.3, peak, pause), (0.1, pause, pause)] * round(seconds / 0.4)


@pytest.mark.parametrize("noise", [-70.0, -60.0, -50.0])
def test_follows_a_noise_floor(noise: float) -> None:
    floor, speaking = VoiceActivity().feed(levels((10, noise, noise - 5)))
    assert np.abs(floor[-1] - np.maximum([noise, noise - 5], -70)).max() < 1.5
    assert not speaking[400:].any()


def test_follows_a_floor_that_rises_after_a_few_seconds() -> None:
    floor, speaking = VoiceActivity().feed(levels((5, -65, -65), (8, -40, -65)))
    assert abs(floor[-1, AGENT] + 40) < 1.5
    assert not speaking[-200:, AGENT].any()


def test_the_floor_stays_down_while_somebody_speaks() -> None:
    floor, _ = VoiceActivity().feed(levels((3, -60, -60), *bursts(20, -20)))
    assert floor[:, AGENT].max() <= -45
    assert floor[-1, AGENT] < -53


def test_edges_are_known_to_the_hop() -> None:
    _, speaking = VoiceActivity().feed(
        levels((3, -60, -60), (1, -20, -60), (2, -60, -60), jitter=0.2)
    )
    edges = np.flatnonzero(np.diff(speaking[:, AGENT].astype(int))) + 1
    begin, end = edges.tolist()
    assert abs(begin + 1 - ONSET - 300) <= 1
    assert abs(end - HANGOVER - 400) <= 5
    assert not speaking[:, CALLER].any()


def test_a_click_is_not_speech() -> None:
    _, speaking = VoiceActivity().feed(levels((3, -60, -60), (0.01, -20, -60), (1, -60, -60)))
    assert not speaking.any()


@pytest.mark.parametrize("peak", [-20.0, -3.0])
def test_crackling_is_not_speech(peak: float) -> None:
    spikes = [(0.01, peak, -60.0), (0.24, -60.0, -60.0)] * 20
    _, speaking = VoiceActivity().feed(levels((3, -60, -60), *spikes))
    assert not speaking.any()


def test_who_has_shouted_is_heard_when_calm_again() -> None:
    calm, shout = bursts(8, -30), bursts(3, -10)
    _, speaking = VoiceActivity().feed(levels((3, -65, -65), *calm, *shout, *calm))
    assert speaking[-300:, AGENT].all()


@pytest.mark.parametrize(("under_own_db", "heard"), [(11.0, False), (19.0, True)])
def test_who_is_so_much_softer_is_somebody_else(under_own_db: float, heard: bool) -> None:
    speech = VoiceActivity(under_own_db=under_own_db)
    speech.feed(levels((3, -65, -65), *bursts(8, -25), (2, -65, -65)))
    _, speaking = speech.feed(levels(*bursts(2, -40, -65)))
    assert bool(speaking[:, AGENT].any()) is heard


def test_short_gaps_do_not_end_speech() -> None:
    _, speaking = VoiceActivity().feed(levels((3, -60, -60), *bursts(4, -20)))
    assert speaking[310:690, AGENT].all()


def test_digital_silence_is_neither_speech_nor_floor() -> None:
    floor, speaking = VoiceActivity().feed(levels((5, -100, -100), (1, -60, -100)))
    assert not speaking.any()
    assert np.isfinite(floor).all()


def test_a_gated_line_does_not_turn_its_own_noise_into_speech() -> None:
    gated = [(0.5, -20.0, -60.0), (1.0, -100.0, -60.0), (0.2, -62.0, -60.0)] * 5
    _, speaking = VoiceActivity().feed(levels((3, -62, -60), *gated))
    assert speaking[:, AGENT].mean() < 0.65


def test_the_next_desk_is_not_the_agent() -> None:
    """A neighbour 15 dB below the agent, in a quiet room, after the agent has been heard."""
    _, speaking = VoiceActivity().feed(
        levels((3, -65, -65), *bursts(4, -25), (1, -65, -65), *bursts(8, -41))
    )
    assert not speaking[-700:, AGENT].any()


def test_the_callers_echo_is_not_the_agent() -> None:
    talk = [(0.3, -40.0, -20.0), (0.1, -65.0, -65.0)] * 10
    _, speaking = VoiceActivity().feed(levels((3, -65, -65), *talk))
    assert speaking[-50:, CALLER].all()
    assert not speaking[:, AGENT].any()


@given(cuts=st.lists(st.integers(0, 600), max_size=8))
def test_any_split_gives_the_same(cuts: list[int]) -> None:
    level = levels((1, -60, -50), (1, -20, -50), (1, -60, -20), (3, -30, -60), jitter=4)
    speech = VoiceActivity()
    parts = [speech.feed(part) for part in np.split(level, sorted(cuts))]
    floor, speaking = VoiceActivity().feed(level)
    assert np.array_equal(np.concatenate([part[0] for part in parts]), floor)
    assert np.array_equal(np.concatenate([part[1] for part in parts]), speaking)


def test_reset_is_fresh() -> None:
    level = levels((1, -60, -50), (2, -20, -30), jitter=4)
    speech = VoiceActivity()
    first = speech.feed(level)
    speech.reset()
    again = speech.feed(level)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
