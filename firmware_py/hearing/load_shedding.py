"""Leaves the phone model and its search out while the device cannot keep up: the costly part.

In its place come rows in which nothing but blank is likely, so the search sleeps and every row
keeps its place in time. What is left out is counted.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from firmware_py.core.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, FloatArray
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_ANSWER, OUTPUTS
from firmware_py.hearing.spelling import BLANK

_UNLIKELY: Final = -30.0
"""Natural log of what every phone has in a row that was left out."""


class PhoneStream(Protocol):
    """What the device needs of a phone model."""

    @property
    def hops_per_step(self) -> int:
        """Rows of log-mel by which it goes on."""
        ...

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take log-mel rows; return log posteriors of whole answers."""
        ...

    def reset(self) -> None:
        """Forget everything."""
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
    _fed: int = field(init=False, default=0)
    """Hops of the step under way that were passed on, or left out."""
    _out: bool = field(init=False, default=False)
    """Whether this step is left out."""
    _gap: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Begin with nothing heard."""
        self._waiting = np.empty((0, BANDS), dtype=np.float32)
        self._fed, self._out, self._gap = 0, False, False

    @property
    def hops_per_step(self) -> int:
        """Rows of log-mel by which it goes on."""
        return self.model.hops_per_step

    def another(self) -> "SheddingPhoneModel":
        """Make one for another channel, left out together with this one."""
        return SheddingPhoneModel(self.model.another(), self.shedding)

    def reset(self) -> None:
        """Forget everything but the count."""
        self.__post_init__()
        self.model.reset()

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take log-mel rows, [n, bands]; return log posteriors of whole answers, [rows, 59]."""
        waiting = np.concatenate((self._waiting, mel)) if len(self._waiting) else mel
        whole = len(waiting) // HOPS_PER_ANSWER * HOPS_PER_ANSWER
        ends = min(whole, -self._fed % self.hops_per_step)
        self._waiting = waiting[whole:].copy()
        rows = [self._pass(waiting[:ends])] if ends else []
        if ends < whole:
            self._out = self.shedding.on
            rows.append(self._pass(waiting[ends:whole]))
        return rows[0] if len(rows) == 1 else np.concatenate([_blank(0), *rows])

    def _pass(self, mel: FloatArray) -> FloatArray:
        self._fed = (self._fed + len(mel)) % self.hops_per_step
        if self._out:
            self._gap = True
            self.shedding.hops += len(mel)
            return _blank(len(mel) // HOPS_PER_POSTERIOR)
        if self._gap:  # what it remembers is not what went before
            self.model.reset()
            self._gap = False
        return self.model.feed(mel)


def _blank(rows: int) -> FloatArray:
    posteriors = np.full((rows, OUTPUTS), _UNLIKELY, dtype=np.float32)
    posteriors[:, BLANK] = 0.0
    return posteriors
