"""What a rule waits for: ``phrase.F5``, ``interruption.agent>1.5``, ``call.end|call.hold``."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware_py.core.types import Observation

_PATTERN: Final = re.compile(r"\s*([\w-]+(?:\.[\w-]+)*)\s*(?:([<>])\s*(-?\d+(?:\.\d+)?))?\s*")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """An Observation's name, and possibly a bound for its value."""

    name: str
    """Means itself and all that is under it: ``fault`` means ``fault.microphone`` too."""
    sign: str = ""
    """``<`` or ``>``, or nothing for any value."""
    bound: float = 0.0
    """In the unit of the Observation's value."""

    def matches(self, observation: Observation) -> bool:
        """Whether the Observation is what this means."""
        if observation.name != self.name and not observation.name.startswith(self.name + "."):
            return False
        return not self.sign or _COMPARE[self.sign](observation.value, self.bound)


@dataclass(frozen=True, slots=True)
class EventPattern:
    """Any one of some patterns."""

    any_of: tuple[Pattern, ...]

    @classmethod
    def parse(cls, text: str) -> "EventPattern":
        """Read ``name``, ``name>number`` or ``name<number``, several parted by ``|``.

        Raises:
            ValueError: it reads otherwise.
        """
        patterns = []
        for part in text.split("|"):
            match = _PATTERN.fullmatch(part)
            if not match:
                raise ValueError(f'reads "{text}"; write a name such as phrase.F5, or name>1.5')
            patterns.append(Pattern(match[1], match[2] or "", float(match[3] or 0)))
        return cls(tuple(patterns))

    def matches(self, observation: Observation) -> bool:
        """Whether the Observation is one of these."""
        return any(pattern.matches(observation) for pattern in self.any_of)

    @property
    def names(self) -> tuple[str, ...]:
        """Names it waits for."""
        return tuple(pattern.name for pattern in self.any_of)

    def __str__(self) -> str:
        return "|".join(f"{p.name}{p.sign}{p.bound:g}" if p.sign else p.name for p in self.any_of)
