"""Syllables in the phone posteriors: where each begins."""

from firmware_py.core.types import HOPS_PER_POSTERIOR, FloatArray
from firmware_py.hearing.spelling import BLANK, INITIALS

_FINALS = range(len(INITIALS), BLANK)


class Syllables:
    """Counts the finals on the best path (CTC; Graves et al. 2006): each syllable has one."""

    def __init__(self) -> None:
        """Begin before the first."""
        self.reset()

    def reset(self) -> None:
        """Forget the last token."""
        self._token = BLANK

    def feed(self, posteriors: FloatArray, first_row: int) -> list[int]:
        """Return the hops at which finals begin.

        Args:
            posteriors: log posteriors, shape [rows, tokens], possibly of no rows.
            first_row: index of the first of them since the stream began.
        """
        found: list[int] = []
        if not len(posteriors):
            return found
        for row, token in enumerate(posteriors.argmax(axis=1).tolist(), first_row):
            if token != self._token and token in _FINALS:
                found.append(row * HOPS_PER_POSTERIOR)
            self._token = token
        return found
