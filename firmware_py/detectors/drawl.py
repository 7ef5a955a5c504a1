"""Drawl: a syllable of the agent that is held much too long."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from firmware_py.core.types import HOPS_PER_SECOND, BoolArray, Features, FloatArray, Observation
from firmware_py.hearing.mel import FLOOR

_BACK = 8
"""Hops between two pictures that are compared: shorter than a vowel, longer than its changes."""
_BANDS = slice(2, 30)
"""Mel bands from 140 Hz to 4 kHz: the formants, also on a telephone line."""
_ROOT = 4.0
"""Powers are compared by their 4th roots, so that weak formants count as well as the strongest."""
_ALIKE = 0.97
"""Least cosine of two pictures of one vowel."""
_BREAK = 2
"""Hops of doubt that do not end a vowel."""
_LONGEST = 2 * HOPS_PER_SECOND
"""Hops beyond which it is no syllable but a hum."""


def _no_rows() -> FloatArray:
    return np.full((_BACK, _BANDS.stop - _BANDS.start), np.log(FLOOR), dtype=np.float32)


@dataclass(slots=True)
class _State:
    past: FloatArray = field(default_factory=_no_rows)
    """Log-mel energies of the last hops, [_BACK, bands]."""
    held: int = 0
    """Hops for which the vowel has been held, without those of doubt after it."""
    doubt: int = 0
    """Hops of doubt just now."""


@dataclass(slots=True)
class Drawl:
    """Hears ``drawl``: a voiced sound whose spectrum stays the same much longer than in talk.

    A vowel is held while the voice has a pitch and the spectrum resembles that of 80 ms ago
    (cosine of the mel bands; after the spectral transition measure of Furui 1986). Vowels of
    fluent speech last 80 to 250 ms, stretched ones at the end of an utterance up to twice that
    (Klatt 1976). Said when the vowel is over; ``Observation.value`` is how long it was held, in
    seconds: a syllable is some 0.25 s longer, with its consonant and its way in and out.

    The phone model has no part in it: its peaks are short however long the vowel, and to leave out
    runs with two peaks changed nothing.

    Known weaknesses: a hesitation (嗯……, 那个……) is a drawl to it; two like vowels without a
    consonant between them (一 and 亿, spoken fast) can pass for one; a drawl that glides from vowel
    to vowel, is creaky or lasts over 2 s is missed; a short steady tone of a machine passes for a
    vowel.
    """

    EMITS: ClassVar[tuple[str, ...]] = ("drawl",)

    held_s: float = 0.3
    """Seconds for which a vowel must be held."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the vowel."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return the drawls that are over by the end of these Features."""
        found: list[Observation] = []
        state = self._state
        now, before = features.mel[:, _BANDS], state.past
        whole = features.hops >= _BACK
        state.past = now[-_BACK:] if whole else np.concatenate((before, now))[-_BACK:]
        voiced = features.pitch > 0
        if not voiced.any() and not state.held:
            return found
        mel = np.concatenate((before, now))
        for hop, held in enumerate((voiced & _alike(mel)).tolist(), features.start):
            if held:
                state.held += 1 + state.doubt
                state.doubt = 0
            elif state.held:
                found.extend(self._doubt(hop))
        return found

    def _doubt(self, hop: int) -> Iterator[Observation]:
        state = self._state
        state.doubt += 1
        if state.doubt > _BREAK:
            if self.held_s * HOPS_PER_SECOND <= state.held <= _LONGEST:
                yield self._say(hop + 1)
            state.held = state.doubt = 0

    def _say(self, now: int) -> Observation:
        state = self._state
        end = now - state.doubt
        start = max(0, end - state.held - _BACK)
        return Observation(
            name="drawl",
            start=start / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=now / HOPS_PER_SECOND,
            score=min(1.0, state.held / HOPS_PER_SECOND / (2 * self.held_s)),
            value=state.held / HOPS_PER_SECOND,
        )


def _alike(mel: FloatArray) -> BoolArray:
    """Whether each row resembles the one ``_BACK`` before it; the first ones are left out."""
    rows = np.exp(mel / np.float32(_ROOT))
    power = (rows * rows).sum(axis=1)
    product = (rows[_BACK:] * rows[:-_BACK]).sum(axis=1)
    alike: BoolArray = product * product > _ALIKE**2 * power[_BACK:] * power[:-_BACK]
    return alike
