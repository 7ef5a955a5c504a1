"""When nothing is urgent: the agent has said nothing for a while, so nothing soon comes of it."""

from dataclasses import dataclass, field
from typing import Final

from firmware_py.core.types import AGENT, HOPS_PER_SECOND, Features

CALM: Final = HOPS_PER_SECOND // 2
"""Hops without the agent's speech after which it is calm; pauses in a phrase are shorter."""


@dataclass(slots=True)
class Calm:
    """Follows the agent's speech."""

    _still: int = field(init=False, repr=False, default=0)

    def feed(self, features: Features | None) -> bool:
        """Take what a Block gave; tell whether it is calm by now."""
        if features is not None:
            spoke = features.speaking[:, AGENT].any()
            self._still = 0 if spoke else self._still + features.hops
        return self._still >= CALM
