"""Whether the sound still flows, judged by the age of the last Block."""

from dataclasses import dataclass, field

SILENT_FOR_S = 1.0
"""A tap without a Block for so long is dead: a stopped sound server just stops calling."""
LINKED_WITHIN_S = 10.0
"""A tap that has just been opened is left alone for so long: somebody may be about to link it."""


@dataclass(slots=True)
class Liveness:
    """Watches one tap; knows no clock, seconds are given by the caller."""

    opened: float
    """Second at which the tap was opened."""
    _last: float | None = field(init=False, default=None, repr=False)

    def heard(self, now: float) -> None:
        """Note that a Block came."""
        self._last = now

    def hopeless(self, now: float) -> bool:
        """Whether the tap should be opened again: it fell silent, or was never linked for long."""
        if self._last is None:
            return now - self.opened >= LINKED_WITHIN_S
        return now - self._last >= SILENT_FOR_S

    def problem(self, now: float) -> str:
        """What is wrong, one line; empty if nothing is."""
        if self._last is None:
            if now - self.opened < SILENT_FOR_S:
                return ""
            return "the tap is open but no sound ever came; is it linked to the headset?"
        age = now - self._last
        return (
            f"no sound for {age:.1f} s; did the sound server stop?" if age >= SILENT_FOR_S else ""
        )
