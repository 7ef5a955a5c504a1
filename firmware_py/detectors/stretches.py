"""Stretches: Features regrouped to one length, so that a detector works on many hops at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from firmware_py.core.types import PER_HOP, Features

_NONE: Final = np.empty(0, dtype=np.float32)
_EMPTY: Final[dict[str, Any]] = {
    "posterior_start": 0,
    "posteriors": _NONE,
    **dict.fromkeys(PER_HOP, _NONE),
}


@dataclass(slots=True)
class Stretches:
    """Turns Features of any length into Features of ``hops`` hops each.

    The edges lie at multiples of ``hops`` since the stream began, however the sound was cut.
    """

    hops: int
    names: tuple[str, ...] = PER_HOP
    """Arrays that are wanted, ``level`` among them; the others, and posteriors, come empty."""
    _parts: list[Features] = field(init=False, repr=False, default_factory=list)
    _held: int = field(init=False, repr=False, default=0)
    """Hops at the end of the parts that belong to no stretch yet."""

    def reset(self) -> None:
        """Forget a stretch that is not whole."""
        self._parts, self._held = [], 0

    def feed(self, features: Features) -> Iterator[Features]:
        """Take Features and return every stretch that they complete."""
        self._parts.append(features)
        self._held += features.hops
        if self._held < self.hops:
            return
        start = features.start + features.hops - self._held
        whole = {
            name: np.concatenate([getattr(part, name) for part in self._parts])[-self._held :]
            for name in self.names
        }
        stretches, rest = divmod(self._held, self.hops)
        self._parts, self._held = [features], rest
        for first in range(0, stretches * self.hops, self.hops):
            arrays = {name: rows[first : first + self.hops] for name, rows in whole.items()}
            yield Features(**(_EMPTY | {"start": start + first} | arrays))
