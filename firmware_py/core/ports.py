"""The few shapes that parts of the device have in common."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Protocol, TypeVar, runtime_checkable

from firmware_py.core.types import Block, Features, Observation

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Stage(Protocol[In, Out]):
    """Turns one stream into another, however the input is split into items."""

    def feed(self, item: In) -> Iterable[Out]:
        """Take the next item and return what can be said now (often nothing)."""
        ...

    def reset(self) -> None:
        """Become as good as new: what follows equals what a fresh Stage would say."""
        ...


class Detector(Stage[Features, Observation], Protocol):
    """Hears one kind of thing. Detectors never depend on each other."""

    EMITS: ClassVar[tuple[str, ...]]
    """Names of its Observations; one stands for all that is under it, too."""


@runtime_checkable
class Learner(Protocol):
    """A detector that learns something about the agent that is worth more than one run."""

    def snapshot(self) -> Mapping[str, float]:
        """What it has learnt, in numbers."""
        ...

    def restore(self, numbers: Mapping[str, float]) -> None:
        """Go on with an earlier snapshot; numbers that are none of its own are left."""
        ...


class Source(Protocol):
    """Where sound comes from: the live tap, a file, a script."""

    @property
    def problem(self) -> str:
        """Why no sound comes at the moment, one line; empty while it flows."""
        ...

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait unheard."""
        ...

    def __iter__(self) -> Iterator[Block]:
        """Iterate over the Blocks until the sound ends."""
        ...

    def close(self) -> None:
        """Give the device or file back; iterating ends."""
        ...


class Clock(Protocol):
    """Wall-clock time, needed only at the edges."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...
