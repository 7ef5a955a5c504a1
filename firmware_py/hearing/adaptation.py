"""Fits the phone model's hearing to the agent at the desk, while the agent speaks.

One person sits there for a shift, with one microphone. What is learnt are 40 means and a step of
the frequency axis (``voice_fit``): no sound is kept, and nothing of what was said. A stretch of
some seconds of speech tells its mean spectrum, and now and then it is heard a second time with
another step: the phone model is surer of a voice that fits (``warp_choice``). All this goes by
steps of the model: how Blocks are cut changes nothing, and within a stretch the fit stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Final

import numpy as np

from firmware_py.core.types import HOPS_PER_SECOND, FloatArray
from firmware_py.hearing.dozing import Model
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.spelling import BLANK
from firmware_py.hearing.voice_fit import AS_IT_IS, WARPS, VoiceFit
from firmware_py.hearing.warp_choice import WarpChoice

STRETCH: Final = 3 * HOPS_PER_SECOND
"""Hops after which a stretch ends with the next pause."""
LONGEST: Final = 2 * STRETCH
"""Hops after which it ends in any case."""
LOUD: Final = 4.6
"""Natural log of energy (20 dB) under the loudest of a stretch down to which hops are speech."""
SOFTER: Final = 2.3
"""Natural log of energy (10 dB) under the usual at which it is somebody else who speaks."""
TALKS: Final = 1.5
"""Tokens a second that speech has; what has fewer is noise, music or another language."""
LEAST: Final = 8
"""Stretches from which on anything changes: what is shorter is no shift."""
HALF: Final = 4
"""Stretches by which half of a voice's colour is believed."""
MEMORY: Final = 60
"""Stretches over which the mean spectrum moves."""
TRUSTED: Final = 12
"""Stretches that what was learnt before a restart is worth: another agent may sit here."""
FARTHEST: Final = 1_000.0
"""No number that is known of a voice is so far from 0."""
FOLLOWS: Final = 0.1
"""Share by which the usual loudness moves to that of a stretch."""
FOLLOWS_SOFTER: Final = 0.02
"""The same where somebody softer spoke: the microphone may have been moved."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of a voice."""

    step: int = AS_IT_IS
    """Of the frequency axis, a place in ``WARPS``."""
    stretches: int = 0
    """Stretches of speech that it was learnt from, up to ``MEMORY``."""
    loudness: float = 0.0
    """Usual natural log of energy in the loudest band of a stretch."""
    spectrum: tuple[float, ...] = (0.0,) * BANDS
    """Mean log-mel energies of loud hops."""

    @classmethod
    def of(cls, numbers: Mapping[str, float]) -> "Learnt":
        """Read an earlier ``numbers``; nothing is known if they are none."""
        kept = [numbers.get(name, nan) for name in cls().numbers()]
        if not all(abs(number) < FARTHEST for number in kept):  # one that is no number is not
            return cls()
        step, stretches, loudness, *spectrum = kept
        step = min(max(0, int(step)), len(WARPS) - 1)
        return cls(step, min(max(0, int(stretches)), MEMORY), loudness, tuple(spectrum))

    def numbers(self) -> dict[str, float]:
        """Write it as numbers."""
        bands = {f"band_{band:02}": number for band, number in enumerate(self.spectrum)}
        known = {"step": self.step, "stretches": self.stretches, "loudness": self.loudness}
        return known | bands


def certainty(posteriors: FloatArray) -> float:
    """Give how sure the model is of log posteriors, [rows, 59]: minus their mean entropy, nats."""
    return float((np.exp(posteriors) * posteriors).sum(axis=1).mean())


class Adaptation:
    """A phone model that fits its hearing to the voice it is fed."""

    def __init__(self, model: Model, usual: FloatArray | None) -> None:
        """Stand before a model.

        Args:
            model: hears rows that fit.
            usual: colour of the voices that it learnt from, [40]; None: not known, so the bands
                stay as they are.
        """
        self._model, self._usual = model, usual
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._model.reset()
        self._know(Learnt())
        self._begin()

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take log-mel rows, shape [n, 40]; return log posteriors of whole steps, [rows, 59]."""
        said = self._model.feed(self.fit(mel))
        if len(mel):
            self._collect(mel, said)
        return said

    def branch(self) -> Ask:
        """Give a way to ask what it would say if some log-mel came next, now or later."""
        ask, fit = self._model.branch(), self.fit
        return lambda mel: ask(fit(mel))

    def snapshot(self) -> dict[str, float]:
        """What was learnt of the voice, in numbers."""
        return self.learnt.numbers()

    def restore(self, numbers: Mapping[str, float]) -> None:
        """Go on with an earlier ``snapshot``."""
        learnt = Learnt.of(numbers)
        self._know(replace(learnt, stretches=min(learnt.stretches, TRUSTED)))

    def _know(self, learnt: Learnt) -> None:
        self.learnt = learnt
        self._choice = WarpChoice(learnt.step)
        self.fit = self._fit_at(learnt.step) if learnt.stretches >= LEAST else VoiceFit()

    def _begin(self) -> None:
        """Begin a stretch."""
        self._again = self._model.branch()
        self._mel: list[FloatArray] = []
        self._said: list[FloatArray] = []
        self._hops, self._loudest = 0, -np.inf

    def _collect(self, mel: FloatArray, said: FloatArray) -> None:
        self._mel.append(mel)
        self._said.append(said)
        self._hops += len(mel)
        loudest = float(mel.max())
        self._loudest = max(self._loudest, loudest)
        pauses = loudest < self._loudest - LOUD
        if self._hops >= LONGEST or (pauses and self._hops >= STRETCH):
            self._learn(np.concatenate(self._mel), np.concatenate(self._said))
            self._begin()

    def _learn(self, mel: FloatArray, said: FloatArray) -> None:
        """Learn from a stretch, if it is the agent's speech."""
        tokens = np.count_nonzero(said.argmax(axis=1) != BLANK)
        loudest = mel.max(axis=1)
        if tokens < TALKS * len(mel) / HOPS_PER_SECOND or not self._is_own(float(loudest.max())):
            return
        self._average(mel[loudest > loudest.max() - LOUD].mean(axis=0))
        if self.learnt.stretches >= LEAST:
            self._try_neighbour(mel, said)
            self.learnt = replace(self.learnt, step=self._choice.step)
            self.fit = self._fit_at(self.learnt.step)

    def _is_own(self, loudest: float) -> bool:
        """Whether a stretch is as loud as the agent; follow how loud that is."""
        known = self.learnt
        if not known.stretches:
            self.learnt = replace(known, loudness=loudest)
            return True
        own = loudest > known.loudness - SOFTER
        share = FOLLOWS if own else FOLLOWS_SOFTER
        loudness = known.loudness + (loudest - known.loudness) * share
        self.learnt = replace(known, loudness=loudness)
        return own

    def _average(self, spectrum: FloatArray) -> None:
        """Take a stretch's spectrum into the mean of the last ones."""
        stretches = min(self.learnt.stretches + 1, MEMORY)
        before = np.array(self.learnt.spectrum)
        mean = before + (spectrum - before) / stretches
        self.learnt = replace(self.learnt, stretches=stretches, spectrum=tuple(mean.tolist()))

    def _try_neighbour(self, mel: FloatArray, said: FloatArray) -> None:
        """Hear a stretch with another step, too, if it is time to."""
        neighbour = self._choice.neighbour()
        if neighbour is not None:
            other = self._again(self._fit_at(neighbour)(mel))
            if len(other) == len(said):  # else a part of it was left out
                self._choice.learn(neighbour, certainty(other) - certainty(said))

    def _fit_at(self, step: int) -> VoiceFit:
        known = self.learnt
        if self._usual is None:
            return VoiceFit(step)
        trust = known.stretches / (known.stretches + HALF)
        spectrum = np.array(known.spectrum, dtype=np.float32)
        return VoiceFit.to(self._usual, spectrum, trust, step)
