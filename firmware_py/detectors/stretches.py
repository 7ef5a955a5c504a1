"""Stretches: Features regrouped to one length, so that a detector works on many hops at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from firmware_py.core.types import Features


@dataclass(slots=True)
class Stretches:
    """Turns Features of any length into Features of ``hops`` hops each.

    The edges lie at multiples of ``hops`` since the stream began, however the sound was cut.
    """

    hops: int
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
        joined = Features.concatenate(self._parts)
        held = joined.slice(joined.hops - self._held, joined.hops)
        edges = range(0, self._held + 1, self.hops)
        self._parts, self._held = [features], self._held - edges[-1]
        for first, last in pairwise(edges):
            yield held.slice(first, last)
