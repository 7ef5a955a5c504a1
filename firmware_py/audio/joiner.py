"""Joins short Blocks to a long one while nothing is urgent: much of a Block's price is fixed."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import PcmArray

MOST: Final = 4
"""Blocks that are joined."""


@dataclass(slots=True)
class Joiner:
    """Takes short Blocks, gives long ones."""

    _held: list[PcmArray] = field(init=False, repr=False, default_factory=list)

    def feed(self, pcm: PcmArray, *, patient: bool) -> PcmArray | None:
        """Take int16 samples [n, channels]; give all that are held, or None: more are to come."""
        self._held.append(pcm)
        return None if patient and len(self._held) < MOST else self.rest()

    def rest(self) -> PcmArray | None:
        """Give what is held, if anything is: no more comes."""
        held, self._held = self._held, []
        if len(held) < 2:
            return held[0] if held else None
        joined = np.concatenate(held)
        joined.flags.writeable = False
        return joined
