"""The phone model's hearing moves to the agent's voice, and to nobody else's."""

from collections.abc import Iterator

import numpy as np
import pytest

from firmware_py.core.types import HOPS_PER_POSTERIOR, FloatArray
from firmware_py.hearing.adaptation import LEAST, SOFTER, TRUSTED, Adaptation, Learnt
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS
from firmware_py.hearing.spelling import BLANK
from firmware_py.hearing.voice_fit import AS_IT_IS, WARPS, colour
from tests.hearing.test_voice_fit import voice

USUAL = colour(voice(1.0)[0])
QUIET = np.full((HOPS_PER_STEP, BANDS), -20.0, dtype=np.float32)


class Listener:
    """Is the surer of a token the more a row looks like its own voice; blank where it is quiet."""

    def __init__(self) -> None:
        self.fed: list[FloatArray] = []

    def feed(self, mel: FloatArray) -> FloatArray:
        """Give a row of log posteriors for three hops."""
        self.fed.append(mel)
        return self._said(mel)

    def branch(self) -> Ask:
        """Say the same of what might come."""
        return self._said

    def reset(self) -> None:
        """Forget what was fed."""
        self.fed.clear()

    def _said(self, mel: FloatArray) -> FloatArray:
        hops = mel[::HOPS_PER_POSTERIOR]
        off = np.abs(hops - hops.mean(axis=1, keepdims=True) - USUAL).mean(axis=1)
        logits = np.zeros((len(hops), OUTPUTS), dtype=np.float32)
        token = np.where(hops.max(axis=1) > -15, np.arange(len(hops)) % BLANK, BLANK)
        logits[np.arange(len(hops)), token] = 12 - 4 * off
        result: FloatArray = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return result


def speech(factor: float, stretches: int, softer: float = 0.0) -> Iterator[FloatArray]:
    """Steps of a voice that is moved along the axis, with a pause after some seconds."""
    rng = np.random.default_rng(7)
    for _ in range(stretches):
        for _ in range(26):
            loud = rng.normal(-2 - softer, 0.3, (HOPS_PER_STEP, 1))
            yield (voice(factor) - 5 + loud).astype(np.float32)
        yield QUIET


def heard(adaptation: Adaptation, steps: Iterator[FloatArray]) -> FloatArray:
    return np.concatenate([adaptation.feed(step) for step in steps])


@pytest.mark.parametrize("step", [1, AS_IT_IS, 4])
def test_the_axis_moves_to_where_the_model_is_surest(step: int) -> None:
    adaptation = Adaptation(Listener(), None)
    before = heard(adaptation, speech(1 / WARPS[step], 2)).max(axis=1).mean()
    heard(adaptation, speech(1 / WARPS[step], 150))
    assert adaptation.fit.step == step
    after = heard(adaptation, speech(1 / WARPS[step], 2)).max(axis=1).mean()
    assert after >= before


def test_nothing_changes_within_the_first_stretches() -> None:
    listener = Listener()
    adaptation = Adaptation(listener, USUAL)
    steps = list(speech(0.9, LEAST - 1))
    heard(adaptation, iter(steps))
    assert all(fed is step for fed, step in zip(listener.fed, steps, strict=True))


def test_the_colour_of_a_microphone_is_undone() -> None:
    tilt = np.linspace(-2, 2, BANDS, dtype=np.float32)
    listener = Listener()
    adaptation = Adaptation(listener, USUAL)
    heard(adaptation, (step + tilt for step in speech(1.0, 40)))
    last = listener.fed[-5]
    assert np.abs(colour(last.mean(axis=0)) - USUAL).mean() < np.abs(tilt).mean() * 0.7


def test_neither_noise_nor_a_softer_voice_is_learnt_from() -> None:
    adaptation = Adaptation(Listener(), USUAL)
    heard(adaptation, speech(1.0, 10))
    known = adaptation.learnt
    heard(adaptation, (QUIET for _ in range(500)))
    heard(adaptation, speech(0.8, 10, softer=SOFTER + 2))
    assert adaptation.learnt.spectrum == known.spectrum
    assert adaptation.learnt.stretches == known.stretches


def test_what_was_learnt_goes_on_after_a_restart_and_is_soon_forgotten() -> None:
    before, after = Adaptation(Listener(), USUAL), Adaptation(Listener(), USUAL)
    heard(before, speech(1 / WARPS[1], 150))
    after.restore(before.snapshot())
    assert after.fit.step == before.fit.step
    assert after.learnt.stretches == TRUSTED
    assert after.learnt.spectrum == before.learnt.spectrum
    after.reset()
    assert after.learnt == Learnt()


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"step": 1.0},
        {**Learnt().numbers(), "band_07": np.nan},
        {**Learnt().numbers(), "band_07": 1e300},
    ],
)
def test_what_is_no_snapshot_is_left(spoilt: dict[str, float]) -> None:
    adaptation = Adaptation(Listener(), USUAL)
    adaptation.restore(spoilt)
    assert adaptation.learnt == Learnt()


def test_a_step_that_is_none_comes_to_the_nearest() -> None:
    assert Learnt.of({**Learnt().numbers(), "step": 99.0}).step == len(WARPS) - 1
