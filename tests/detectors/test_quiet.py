"""Quiet, through the real levels and speech."""

import numpy as np
import pytest

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.quiet import Quiet
from tests.detectors.made_features import Sound, hear, names, noise, run, to_pcm, voice


def side(*parts: Sound) -> Sound:
    return np.concatenate(parts)


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


@pytest.mark.situation(
    "Sound",
    "the device starts while no call is on",
    "the line is idle until it carries a first signal: nobody is told of silence, eating or manner "
    "meanwhile; a recording that holds the agent alone is heard as one of a call",
)
def test_nobody_is_silent_to_a_line_that_was_never_open() -> None:
    idle = np.zeros(12 * RATE)
    agent = noise(24, -65, 3)
    assert run(Quiet(), hear(to_pcm(agent[: len(idle)], idle))) == []
    seen = run(Quiet(), hear(to_pcm(agent, side(idle, noise(12, -65)))))
    assert [(o.name, round(o.start, 1)) for o in seen] == [("quiet.both", 12.0)]


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
    "Britain, North America, Japan, India, Australia: `firmware_py/hearing/tones.toml`)",
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


def mid_call(*caller: Sound) -> list[Observation]:
    """What is said of a call in which the agent has answered once, and then keeps silent."""
    question = side(noise(1, -65), voice(2, -25), noise(4, -65))
    agent = side(noise(4, -65, 3), voice(2, -25), noise(60, -65, 3))
    line = side(question, noise(2, -65), *caller)
    return run(Quiet(), hear(to_pcm(agent[: len(line)], line + noise(len(line) / RATE, -65, 4))))


def announcement(seed: int) -> Sound:
    """Words of their own rhythm and colour."""
    rng = np.random.default_rng(seed)
    return side(*(voice(0.2, -25 - x, 200, -6 - x) for x in rng.uniform(0, 9, 14)))


@pytest.mark.situation("Sound", "an announcement plays in the midst of a call")
@pytest.mark.parametrize("pause_s", [3, 4.5, 6])
def test_an_announcement_with_pauses_wants_no_answer(pause_s: float) -> None:
    plays = [part for _ in range(3) for part in (announcement(1), noise(pause_s, -65))]
    assert mid_call(*plays) == []


def test_words_are_known_again_and_others_are_not() -> None:
    first = side(announcement(1), noise(6, -65))
    assert mid_call(first, announcement(1), noise(7.5, -65)) == []
    (seen,) = mid_call(first, announcement(2), noise(7.5, -65))
    assert seen.name == "quiet.unanswered"
    assert seen.value == pytest.approx(7, abs=0.05)


def test_who_answers_the_agent_waits_for_four_seconds() -> None:
    agent = side(noise(4, -65), voice(2, -25), noise(8, -65))
    words = (noise(1, -65), announcement(2), noise(3, -65), announcement(3), noise(5.2, -65))
    caller = side(*words)
    seen = run(Quiet(), hear(to_pcm(agent, caller)))
    assert [(o.name, round(o.value, 1)) for o in seen] == [("quiet.unanswered", 4.0)]


@pytest.mark.situation("Sound", "hold music plays in a call")
def test_music_of_long_notes_is_no_silence_and_wants_no_answer() -> None:
    time = np.arange(12 * RATE) / RATE
    chords = sum(np.sin(2 * np.pi * hz * time) for hz in (262, 330, 392, 524, 660))
    chords = 0.03 * chords * (0.7 + 0.3 * np.sin(2 * np.pi * 0.4 * time))
    assert mid_call(chords, noise(5, -65), chords, noise(5, -65)) == []


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
