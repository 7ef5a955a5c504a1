"""Quiet, through the real levels and speech."""

import numpy as np
import pytest

from firmware_py.detectors.quiet import Quiet
from tests.detectors.made_features import hear, names, noise, run, to_pcm, voice


def test_dead_air_is_said_once_with_its_edges() -> None:
    room = noise(20, -65)
    agent = np.concatenate([noise(1, -65), voice(2.1, -25), room, voice(1, -25)])
    seen = run(Quiet(), hear(to_pcm(agent, noise(25, -65, 3))))
    assert names(seen) == ["quiet.both", "quiet.over"]
    assert seen[0].start == pytest.approx(3.1, abs=0.1)
    assert seen[0].at == pytest.approx(11.1, abs=0.1)
    assert seen[1].start == pytest.approx(3.1, abs=0.1)
    assert seen[1].end == pytest.approx(23.1, abs=0.1)
    assert seen[1].value == pytest.approx(20, abs=0.2)


def test_words_that_die_away_and_rise_softly_bound_the_silence() -> None:
    soft = voice(0.15, -44)
    words = np.concatenate([voice(2.1, -25), soft])
    agent = np.concatenate([noise(1, -65), words, noise(12, -65), soft, voice(1, -25)])
    agent += noise(len(agent) / 16_000, -65, 4)
    seen = run(Quiet(), hear(to_pcm(agent, noise(17, -65, 3))))
    assert names(seen) == ["quiet.both", "quiet.over"]
    assert seen[1].start == pytest.approx(3.25, abs=0.05)
    assert seen[1].end == pytest.approx(15.25, abs=0.08)  # the made-up voice itself rises softly


def test_what_is_softer_than_asked_for_does_not_put_off_the_silence() -> None:
    words = np.concatenate([voice(2.1, -25), voice(0.15, -44)])
    agent = np.concatenate([noise(1, -65), words, noise(10, -65)])
    agent += noise(len(agent) / 16_000, -65, 4)
    frames = hear(to_pcm(agent, noise(13, -65, 3)))
    late, early = (run(Quiet(over_floor_db=db), frames)[0].start for db in (2.0, 30.0))
    assert late == pytest.approx(3.25, abs=0.05)
    assert early == pytest.approx(3.1, abs=0.05)


def test_a_caller_without_an_answer() -> None:
    caller = np.concatenate([noise(1, -65), voice(2.1, -25), noise(6, -65)])
    seen = run(Quiet(), hear(to_pcm(noise(9.1, -65, 3), caller)))
    assert names(seen) == ["quiet.unanswered"]
    assert seen[0].start == pytest.approx(3.1, abs=0.1)
    assert seen[0].value == pytest.approx(4.0, abs=0.02)


def test_an_answer_in_time_is_nothing() -> None:
    caller = np.concatenate([noise(1, -65), voice(2.1, -25), noise(7, -65)])
    agent = np.concatenate([noise(6, -65), voice(2, -25), noise(2, -65)])
    assert run(Quiet(), hear(to_pcm(agent, caller))) == []


def test_a_muted_microphone_is_hold_and_no_silence() -> None:
    agent = np.concatenate([noise(1, -65), voice(2.1, -25), np.zeros(30 * 16_000)])
    pcm = to_pcm(agent, noise(33.1, -65, 3))
    assert run(Quiet(), hear(pcm)) == []
    assert names(run(Quiet(mute_is_hold=False), hear(pcm))) == ["quiet.both"]


@pytest.mark.situation(
    "Sound",
    "a call rings, is busy, or the network tells something (China 450 Hz, Europe, "
    "Britain, North America: `firmware_py/hearing/tones.toml`)",
)
def test_ringing_is_a_wait_and_no_silence() -> None:
    time = np.arange(30 * 16_000) / 16_000
    ring = 0.1 * np.sin(2 * np.pi * 450 * time) * (time % 5 < 1)
    caller = np.concatenate([noise(1, -65), voice(2.1, -25), ring]) + noise(33.1, -65, 5)
    assert run(Quiet(), hear(to_pcm(noise(33.1, -65, 3), caller))) == []


@pytest.mark.situation("Sound", "hold music plays in a call")
def test_music_wants_no_answer() -> None:
    music = voice(20, -30) + voice(20, -30, 190, seed=5)
    caller = np.concatenate([noise(1, -65), music, noise(6, -65)])
    seen = run(Quiet(), hear(to_pcm(noise(27, -65, 3), caller)))
    assert "quiet.unanswered" not in names(seen)


@pytest.mark.situation(
    "Sound",
    "a headset gates its microphone to digital zero whenever nobody speaks",
    "known after three words: its silence is no hold and no dead microphone, dead air and waiting "
    "callers are told",
    "signal hold and resume",
)
def test_a_gated_headset_is_not_on_hold() -> None:
    words = np.concatenate([voice(1, -25), np.zeros(2 * 16_000)])
    agent = np.concatenate([words, words, words, words, np.zeros(12 * 16_000)])
    seen = run(Quiet(), hear(to_pcm(agent, noise(24, -65, 3))))
    assert names(seen) == ["quiet.both"]
