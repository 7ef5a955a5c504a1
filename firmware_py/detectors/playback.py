"""Playback: what a machine plays on the caller's side in the midst of a call wants no answer."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import HOPS_PER_SECOND, Features
from firmware_py.hearing.echo import correlations_at_once, low
from firmware_py.hearing.history import History
from firmware_py.hearing.levels import SILENCE_DB

_KEPT: Final = 120 * HOPS_PER_SECOND
"""Hops in which the same words may have come before."""
_PAUSE: Final = 10 * HOPS_PER_SECOND
"""Hops after words in which it may be asked whether they were heard before."""
_WORDS: Final = 2 * HOPS_PER_SECOND
"""Hops at the end of a turn that are looked for."""
_LEAST: Final = 80
"""Hops of sound among them that can be told from others."""
_OVER_NOISE_DB: Final = 6.0
_ALIKE: Final = 0.87
"""Correlation from which words are the same recording: said anew they reach 0.8, played 0.89."""
_STEP: Final = 0.1
"""Share of a hop in the smooth level."""
_OVER_LINE_DB: Final = 10.0
"""dB over the line's noise from before a sound from which that sound goes on."""
_STEADY: Final = HOPS_PER_SECOND // 2
"""Hops of sound without speech that are music."""
_LONGEST: Final = 120 * HOPS_PER_SECOND
"""Hops after which what goes on is the line's noise."""


@dataclass(slots=True)
class Music:
    """Hears sound go on that no longer passes for speech, a hop at a time.

    Voice activity takes what does not rise and fall for noise, and does so with long notes a second
    after they began; the noise of the line from before them tells that they still sound.
    """

    _smooth: float = field(init=False, repr=False, default=SILENCE_DB)
    _line: float = field(init=False, repr=False, default=0.0)
    """dBFS of the line's noise before the last sound."""
    _goes_on: int = field(init=False, repr=False, default=0)
    """Hops of sound without speech in a row."""

    def hear(self, level: float, floor: float, speaking: bool) -> bool:
        """Take a hop of the caller's side; say whether music plays in it."""
        self._smooth += _STEP * (level - self._smooth)
        sounds = self._smooth > self._line + _OVER_LINE_DB
        if self._goes_on >= _LONGEST or not (sounds or speaking):
            self._line = floor
        self._goes_on = self._goes_on + 1 if sounds and not speaking else 0
        return self._goes_on >= _STEADY


@dataclass(slots=True)
class Recording:
    """Remembers two minutes of the caller's bands, and knows words that come again.

    The same recording has the same energies in every band (Pearson's correlation over the cells
    that stand out of the noise, as in ``hearing.echo``); nobody says anything twice like that.
    """

    _past: History = field(init=False, repr=False, default_factory=lambda: History(_KEPT + _PAUSE))

    def remember(self, features: Features) -> None:
        """Take what follows of the caller's bands."""
        bands = features.caller_bands.copy()  # a view would keep the agent's, too
        self._past.add(features.start, bands)

    def heard_before(self, end: int) -> bool:
        """Whether the words that ended before hop ``end`` were played once before."""
        (bands,) = self._past.between(max(self._past.begin, end - _KEPT), end)
        words, before = bands[-_WORDS:], bands[:-_WORDS]
        noise = low(bands)
        clear = words > noise + _OVER_NOISE_DB
        if len(before) < _WORDS or np.count_nonzero(clear.any(axis=1)) < _LEAST:
            return False
        np.maximum(bands, noise + 3, out=bands)  # less than what is clear: words stay as they are
        alike = correlations_at_once(words, before, clear)
        return bool(alike.max() >= _ALIKE)
