"""The relay's own configuration under a real PipeWire: what goes in comes out, ear or no ear."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from lab.relay_null.__main__ import PHASES, figures, measure
from lab.relay_null.coded import Float, coded, compared
from lab.relay_null.desk import NullDesk, memory_folder

needs_pipewire = pytest.mark.skipif(
    not all(map(shutil.which, ("pipewire", "pw-cat", "pw-link", "pw-cli", "pw-dump")))
    or not [*Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pipewire.so")],
    reason="pipewire, pipewire-bin or pipewire-alsa is missing",
)
TRIES = 3
QUANTUM = 128
SPEECH = np.random.default_rng(1).integers(-9000, 9000, 60_000).astype(np.int16)


def later(sound: Float, frames: int) -> Float:
    return np.concatenate([np.zeros(frames, np.float32), sound[: len(sound) - frames]])


def test_sound_that_only_comes_later_is_whole() -> None:
    sound = coded(SPEECH)
    passed = compared(sound, later(sound, QUANTUM), 2 * QUANTUM)
    assert (passed.delay, passed.changed, passed.breaks, passed.gaps) == (QUANTUM, 0, 0, 0)


def test_a_lost_quantum_is_a_break_whatever_its_length() -> None:
    sound = coded(SPEECH)
    for lost in (1, 64, 128, 256):
        after = np.delete(later(sound, QUANTUM), slice(30_000, 30_000 + lost))
        passed = compared(sound[: len(after)], after, 2 * QUANTUM)
        assert passed.breaks == 1
        assert passed.changed > 20_000


def test_the_lowest_bit_counts() -> None:
    sound = coded(SPEECH)
    after = later(sound, QUANTUM).copy()
    after[40_000] += np.float32(2.0**-23)
    assert compared(sound, after, 2 * QUANTUM).changed == 1


def test_a_gap_of_the_recorder_is_none_of_the_relay() -> None:
    sound = coded(SPEECH)
    after = later(sound, QUANTUM)
    both = [np.delete(one, slice(30_000, 30_512)) for one in (sound, after)]
    passed = compared(both[0], both[1], 2 * QUANTUM)
    assert (passed.changed, passed.breaks, passed.gaps) == (0, 0, 1)


def test_nothing_is_no_result() -> None:
    with pytest.raises(ValueError, match="no sound"):
        compared(np.zeros(30_000, np.float32), np.zeros(30_000, np.float32), 256)


@needs_pipewire
@pytest.mark.situation(
    "The machine",
    "the ear dies, hangs, or has all it can do, in a call that goes through the device",
    "the call's sound stays as it is, bit for bit, in both directions",
)
def test_no_ear_can_break_the_sound_that_is_passed() -> None:
    # An ear that could break the sound would each time; a host without time for PipeWire does so
    # now and then, with no ear at all (docs/measurements.md).
    for _ in range(TRIES):
        with memory_folder() as folder:
            run = measure(NullDesk(folder, QUANTUM), seconds=1.5)
        assert [*run.passed] == [*PHASES]
        assert min(one.frames for ways in run.passed.values() for one in ways.values()) > 2_000
        assert run.worked_s > 0
        missed = [one.id for one in figures(run) if one.passed is False]
        if not missed:
            break
    assert missed == []
