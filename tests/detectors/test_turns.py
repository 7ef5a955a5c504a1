"""What each side says between two silences."""

import numpy as np
import pytest

from firmware_py.detectors.turns import Turns
from tests.detectors.made_features import hear, noise, run, to_pcm, voice


def test_turns_of_both_sides() -> None:
    agent = np.concatenate([noise(1, -65), voice(1, -25), noise(4, -65)])
    caller = np.concatenate([noise(3, -65), voice(1.5, -25), noise(1.5, -65)])
    begun, first, _, second = run(Turns(), hear(to_pcm(agent, caller)))
    assert [begun.name, first.name, second.name] == ["onset.agent", "turn.agent", "turn.caller"]
    assert begun.start == first.start
    assert begun.at == pytest.approx(1, abs=0.15)
    assert first.start == pytest.approx(1, abs=0.1)
    assert first.value == pytest.approx(1, abs=0.2)
    assert second.end == pytest.approx(4.5, abs=0.2)
    assert second.at == pytest.approx(5.1, abs=0.2)


def test_a_short_pause_does_not_end_a_turn() -> None:
    agent = np.concatenate([voice(1, -25), noise(0.3, -65), voice(1, -25), noise(2, -65)])
    _, turn = run(Turns(), hear(to_pcm(agent, noise(4.3, -65))))
    assert turn.value == pytest.approx(2.3, abs=0.2)


def test_bursts_without_a_voice_make_no_turn() -> None:
    agent = np.concatenate([noise(2, -65), *[noise(0.2, -25), noise(0.3, -65)] * 10, noise(2, -65)])
    assert run(Turns(), hear(to_pcm(agent, noise(9, -65)))) == []
