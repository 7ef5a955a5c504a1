"""A fit undoes what parts a voice from those that the phone model knows."""

import numpy as np
import pytest

from firmware_py.core.types import FloatArray
from firmware_py.hearing.mel import BANDS, CENTRES_HZ
from firmware_py.hearing.voice_fit import AS_IT_IS, MOST, STRENGTH, WARPS, VoiceFit, colour, warped

FORMANTS_HZ = np.array([600.0, 1500.0, 2600.0])


def voice(factor: float) -> FloatArray:
    """A log spectrum with formants, moved along the frequency axis."""
    distance = np.log(CENTRES_HZ[:, None] / (FORMANTS_HZ * factor))
    rows: FloatArray = np.exp(-((distance / 0.15) ** 2)).sum(axis=1).astype(np.float32)[None] * 5
    return rows


def test_what_fits_already_stays_bit_for_bit() -> None:
    mel = voice(1.0)
    assert VoiceFit()(mel) is mel


@pytest.mark.parametrize("step", [step for step in range(len(WARPS)) if step != AS_IT_IS])
def test_a_step_moves_a_voice_back_to_the_axis_of_the_others(step: int) -> None:
    other, usual = voice(1 / WARPS[step]), voice(1.0)
    before, after = np.abs(other - usual).mean(), np.abs(warped(other, step) - usual).mean()
    assert after < before / 4


def test_a_part_of_the_colour_is_undone_and_loudness_plays_no_part() -> None:
    usual = colour(voice(1.0)[0])
    tilt = np.linspace(-3, 3, BANDS, dtype=np.float32)
    fit = VoiceFit.to(usual, usual + tilt + 7, 1.0, AS_IT_IS)
    assert fit.bias == pytest.approx(-STRENGTH * tilt, abs=1e-5)
    assert fit(voice(1.0)) == pytest.approx(voice(1.0) - STRENGTH * tilt, abs=1e-5)


def test_a_band_that_a_line_cuts_off_is_not_raised_without_end() -> None:
    cut = np.where(np.arange(BANDS) > 30, -20, voice(1.0)[0]).astype(np.float32)
    bias = VoiceFit.to(colour(voice(1.0)[0]), cut, 1.0, AS_IT_IS).bias
    assert bias is not None
    assert bias.max() == MOST


def test_rows_come_out_the_same_however_many_there_are() -> None:
    rows = np.random.default_rng(1).normal(size=(50, BANDS)).astype(np.float32)
    fit = VoiceFit.to(colour(rows[0]), rows[1], 0.7, 1)
    assert np.array_equal(fit(rows), np.concatenate([fit(row[None]) for row in rows]))
