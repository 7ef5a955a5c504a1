"""What the last hops were like, for whoever looks back."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from firmware_py.core.types import FloatArray


@dataclass(slots=True)
class History:
    """Remembers rows of some arrays with a row for every hop, in the parts in which they came."""

    least: int
    """Hops that are remembered once there were so many; hardly more are."""
    end: int = field(init=False, default=0)
    """Hop after the last."""
    begin: int = field(init=False, default=0)
    """First hop."""
    _parts: deque[tuple[FloatArray, ...]] = field(init=False, repr=False, default_factory=deque)

    def add(self, start: int, *arrays: FloatArray) -> None:
        """Remember what follows, from a hop on; every array has as many rows."""
        if not self._parts:
            self.begin = start
        self._parts.append(arrays)
        self.end = start + len(arrays[0])
        while self.end - self.begin - len(self._parts[0][0]) >= self.least:
            self.begin += len(self._parts.popleft()[0])

    def between(self, first: int, last: int) -> list[FloatArray]:
        """Copy each array's rows from hop ``first`` to before hop ``last``, all remembered."""
        behind, parts = self.end, []
        for part in reversed(self._parts):
            parts.append(part)
            behind -= len(part[0])
            if behind <= first:
                break
        kinds = zip(*reversed(parts), strict=True)
        return [np.concatenate(kind)[first - behind : last - behind] for kind in kinds]
