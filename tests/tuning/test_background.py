"""Posteriors to try a phrase on."""

from pathlib import Path

import numpy as np
import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import FLOOR, pronunciations_of
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import OUTPUTS
from firmware_py.tuning import background
from tests.tuning.speech import background as speech


def test_it_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    made = speech("bu xing", "ni hao")
    background.save(tmp_path / "b.npz", made)
    read = background.load(tmp_path / "b.npz")
    assert np.array_equal(read.steps, made.steps)
    assert np.array_equal(read.ends, made.ends)
    assert read.model_sha256 == made.model_sha256


def test_utterances_are_apart_and_sound_as_they_did() -> None:
    first, second = list(speech("bu xing", "ni hao", times=1).utterances())
    assert first.min() == pytest.approx(FLOOR)
    match = best_match(first, pronunciations_of("no", ["bu xing"], -1.0))
    assert match is not None
    assert match.score == 0
    assert len(second) == 3 * 4 + 4


def test_a_missing_or_broken_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    for name in ("none.npz", "broken.npz"):
        with pytest.raises(DeskcueError) as raised:
            background.load(tmp_path / name)
        assert name in str(raised.value)
        assert "\n" not in str(raised.value)


def test_the_bundled_speech_is_small_and_heard_by_the_packaged_model() -> None:
    bundled = background.load()
    assert background.BUNDLED.stat().st_size < 2_500_000
    assert bundled.steps.shape[1] == OUTPUTS
    assert bundled.hours > 0.5
    assert background.fits(bundled, find_model())
    assert not background.fits(bundled, Path("nowhere"))
