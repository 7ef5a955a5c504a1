"""Joins Blocks to a long one while nothing is urgent: much of a Block's price is fixed."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, HOPS_PER_SECOND, Block, Features

MOST: Final = 4
"""Blocks that are joined while the agent says nothing."""
TALKS: Final = 2
"""Blocks that are joined while the agent says nothing that is listened for."""
CALM: Final = HOPS_PER_SECOND // 2
"""Hops without speech after which the agent says nothing; pauses in a phrase are shorter."""


@dataclass(slots=True)
class Joiner:
    """Takes Blocks, gives them alone, or long ones while nothing is urgent."""

    _held: list[Block] = field(init=False, repr=False, default_factory=list)
    _still: int = field(init=False, repr=False, default=0)
    """Hops for which the agent has said nothing."""
    _urgent: bool = field(init=False, repr=False, default=True)
    """Whether the agent may be in the midst of a phrase."""

    def feed(self, block: Block) -> Block | None:
        """Take a Block; give all that are held, or None: more are to come.

        An empty Block says that nothing comes at the moment, so nothing waits for more.
        """
        self._held.append(block)
        waits = len(block.pcm) and len(self._held) < self._most()
        return None if waits else self.rest()

    def _most(self) -> int:
        if self._still >= CALM:
            return MOST
        return 1 if self._urgent else TALKS

    def rest(self) -> Block | None:
        """Give what is held, if anything is: what comes next cannot wait."""
        held, self._held = self._held, []
        if len(held) < 2:
            return held[0] if held else None
        pcm = np.concatenate([block.pcm for block in held])
        pcm.flags.writeable = False
        # Where some were lost between these, the gap in the numbers comes before them.
        return Block(held[-1].seq + 1 - len(held), pcm, len(held))

    def follow(self, features: Features | None, *, urgent: bool) -> None:
        """Take what a Block gave, for it tells whether the agent speaks.

        Args:
            features: what was derived from it.
            urgent: whether the agent may be in the midst of a phrase.
        """
        self._urgent = urgent
        if features is not None:
            spoke = features.speaking[:, AGENT].any()
            self._still = 0 if spoke else self._still + features.hops

    def wake(self) -> None:
        """Give short Blocks for a while: something happened that the agent may speak after."""
        self._still, self._urgent = 0, True
