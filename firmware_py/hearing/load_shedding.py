"""Leaves the phone model and its search out while the device cannot keep up: the costly part.

In its place come rows in which nothing but blank is likely, so the search sleeps and every row
keeps its place in time. What is left out is counted.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from firmware_py.core.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, FloatArray
from firmware_py.hearing.dozing import Model
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import OUTPUTS
from firmware_py.hearing.spelling import BLANK

_UNLIKELY: Final = -30.0
"""Natural log of what every phone has in a row that was left out."""


class PhoneStream(Model, Protocol):
    """What the device needs of a phone model."""

    @property
    def hops_per_step(self) -> int:
        """Rows of log-mel that it takes at once."""
        ...

    @property
    def colour(self) -> FloatArray | None:
        """Of the voices that it learnt from, [40]; None: not known."""
        ...

    def another(self) -> "PhoneStream":
        """Make one of the same, for another channel."""
        ...


@dataclass(slots=True)
class Shedding:
    """Whether the costly part is left out now, and how much of it was; shared by all channels."""

    on: bool = False
    hops: int = 0
    """Hops left out so far, counted for every channel."""

    @property
    def seconds(self) -> float:
        """Sound that was left out so far."""
        return self.hops / HOPS_PER_SECOND


@dataclass(slots=True)
class SheddingPhoneModel:
    """A phone model that can be left out for a while, step by step."""

    model: PhoneStream
    shedding: Shedding = field(default_factory=Shedding)
    _waiting: FloatArray = field(init=False, repr=False)
    _gap: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Begin with nothing heard."""
        self._waiting = np.empty((0, BANDS), dtype=np.float32)

    @property
    def hops_per_step(self) -> int:
        """Rows of log-mel that it takes at once."""
        return self.model.hops_per_step

    @property
    def colour(self) -> FloatArray | None:
        """Of the voices that it learnt from, [40]; None: not known."""
        return self.model.colour

    def another(self) -> "SheddingPhoneModel":
        """Make one for another channel, left out together with this one."""
        return SheddingPhoneModel(self.model.another(), self.shedding)

    def reset(self) -> None:
        """Forget everything but the count."""
        self.__post_init__()
        self.model.reset()

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take log-mel rows, shape [n, bands]; return log posteriors of whole steps, [rows, 59]."""
        waiting = np.concatenate((self._waiting, mel)) if len(self._waiting) else mel
        whole = len(waiting) // self.hops_per_step * self.hops_per_step
        self._waiting = waiting[whole:].copy()
        if self.shedding.on:
            self._gap = self._gap or whole > 0
            self.shedding.hops += whole
            return _blank(whole // HOPS_PER_POSTERIOR)
        if self._gap:  # what it remembers is not what went before
            self.model.reset()
            self._gap = False
        return self.model.feed(waiting[:whole])

    def branch(self) -> Ask:
        """Give a way to ask what it would say if some log-mel came next; nothing if left out."""
        return (lambda _mel: _blank(0)) if self._gap else self.model.branch()


def _blank(rows: int) -> FloatArray:
    posteriors = np.full((rows, OUTPUTS), _UNLIKELY, dtype=np.float32)
    posteriors[:, BLANK] = 0.0
    return posteriors
