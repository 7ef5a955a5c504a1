"""Joins what a sound card gives, half a Block at a time, to whole Blocks: a Block costs something.

Who waits for something urgently gets the half at once. Halves stay in step: the other half of one
that was handed on follows alone.
"""

from dataclasses import dataclass, field

import numpy as np

from firmware_py.core.types import PcmArray


@dataclass(slots=True)
class Joiner:
    """Takes halves, gives Blocks."""

    _first: PcmArray | None = field(init=False, repr=False, default=None)
    """A half that waits for the other one."""
    _odd: bool = field(init=False, repr=False, default=False)
    """Whether the next half is the second one of a Block."""

    def feed(self, half: PcmArray, *, urgent: bool) -> PcmArray | None:
        """Take int16 samples [n, channels]; give those of a Block; None: it is not whole yet."""
        self._odd = not self._odd
        if self._odd and not urgent:
            self._first = half
            return None
        first, self._first = self._first, None
        return half if first is None else np.concatenate((first, half))

    def rest(self) -> PcmArray | None:
        """Give the half that waits, if any: no other one comes."""
        first, self._first, self._odd = self._first, None, False
        return first
