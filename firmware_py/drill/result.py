"""What came of one round: what was said, what is missing, and how long the pause was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One need, and where it was met."""

    text: str
    """What was said, as the rulebook writes it, or what might have been, parted by slashes."""
    start: float | None = None
    """Second of the round, or None: it did not come."""
    end: float | None = None

    @property
    def came(self) -> bool:
        """Whether it was said."""
        return self.start is not None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a round."""

    said: tuple[Said, ...]
    in_order: bool
    pause_s: float | None = None
    """Seconds of the pause, or None: none was asked for, or what encloses it did not come."""
    pause_kept: bool | None = None
    """Whether it was long enough; None: none was asked for."""
    instead: tuple[str, ...] = ()
    """Words of the same clause that were said and not asked for."""
    spoke: bool = True
    """Whether any speech was heard at all."""

    @property
    def passed(self) -> bool:
        """Whether all was right."""
        return self.in_order and self.points == self.most

    @property
    def points(self) -> int:
        """Words that came, and one for the pause."""
        return sum(one.came for one in self.said) + bool(self.pause_kept)

    @property
    def most(self) -> int:
        """Points that could be had."""
        return len(self.said) + (self.pause_kept is not None)

    @property
    def score(self) -> int:
        """Points in percent."""
        return round(100 * self.points / self.most)
