"""What is wrong with the device: one shape for every fault, kept in one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum


class Fault(IntEnum):
    """What is wrong with the device, as a number of blinks; the lowest is shown first."""

    MICROPHONE = 1
    MODEL = 2
    DISK = 3
    DETECTOR = 4
    RULEBOOK = 5
    LOAD = 6


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault that is there now."""

    fault: Fault
    line: str
    """What is wrong, where, and what to do; one line for a person."""
    since: float
    """Second of the stream at which it was first seen."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the problems at one look."""

    appeared: tuple[Problem, ...] = ()
    """New ones, and those whose line is another now."""
    recovered: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.appeared or self.recovered)


class Problems:
    """Everything that is wrong now; what is cured is gone."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self._now: dict[Fault, Problem] = {}

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over them, worst first."""
        return iter(sorted(self._now.values(), key=lambda problem: problem.fault))

    def update(self, found: Mapping[Fault, str], at: float) -> Changes:
        """Take the faults that are there at a second of the stream, each with its line.

        Returns:
            What is new since the last look, and what has recovered.
        """
        before, self._now = self._now, {}
        for fault, line in found.items():
            known = before.get(fault, Problem(fault, line, at))
            self._now[fault] = replace(known, line=line)
        appeared = (one for one in self if before.get(one.fault) != one)
        recovered = (one for fault, one in before.items() if fault not in found)
        return Changes(tuple(appeared), tuple(recovered))
