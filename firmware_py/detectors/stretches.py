"""Stretches: Frames regrouped to one length, so that a detector can work on many hops at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from firmware_py.core.types import Features

_FIELDS = ("level", "floor", "speaking", "microphone", "mel", "pitch")


@dataclass(slots=True)
class Stretches:
    """Turns Frames of any length into Frames of ``hops`` hops each, without posteriors.

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
        """Take a Frame and return every stretch that it completes."""
        self._parts.append(features)
        self._held += features.hops
        if self._held < self.hops:
            return
        held = {
            name: np.concatenate([getattr(part, name) for part in self._parts])[-self._held :]
            for name in _FIELDS
        }
        begin = features.start + features.hops - self._held
        edges = range(0, self._held + 1, self.hops)
        self._parts, self._held = [features], self._held - edges[-1]
        for first, last in pairwise(edges):
            arrays: dict[str, Any] = {name: array[first:last] for name, array in held.items()}
            yield replace(
                features, start=begin + first, posteriors=features.posteriors[:0], **arrays
            )
