"""The turn of one side that goes on, or was the last: since when, and how loud."""

from dataclasses import dataclass

from firmware_py.core.types import HOPS_PER_SECOND

_NEVER = -(10**9)


@dataclass(slots=True)
class CurrentTurn:
    """What one side is saying, or said last."""

    start: int = _NEVER
    """First hop."""
    last: int = _NEVER
    """Last loud hop."""
    total_db: float = 0.0
    """Sum of the levels of its loud hops, each in dBFS."""
    loud: int = 0
    """How many those are."""
    usual_db: float | None = None
    """Mean level of this side's earlier turns, in dBFS."""

    def mean_db(self) -> float:
        """Mean level of this turn, in dBFS; 0 before any loud hop."""
        return self.total_db / max(1, self.loud)

    def begin(self, start: int) -> None:
        """Begin another turn at a hop; one with a second of sound tells what is usual."""
        if self.loud >= HOPS_PER_SECOND:
            mean = self.mean_db()
            usual = mean if self.usual_db is None else self.usual_db
            self.usual_db = usual + 0.3 * (mean - usual)
        self.start, self.last, self.total_db, self.loud = start, start, 0.0, 0

    def hear(self, hop: int, level: float) -> None:
        """Take one loud hop, with its level in dBFS."""
        self.last = hop
        self.total_db += level
        self.loud += 1
