"""Who speaks in an example: a real speaker, or a member of the cast that says the same."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from lab.training.store import Store
from lab.training.surroundings import tempered

REAL: Final = 0.4
"""How often a recording is heard as it was said, where the cast says it too."""
_FORMANTS: Final = (0.82, 1.24)
"""From a bass's vocal tract to a child's, as a factor of a real or synthetic speaker's."""
_FORMANTS_MADE_UP: Final = (0.93, 1.08)
"""The same of a voice of the cast, which has formants of its own already."""
_FORMANTS_CROWD: Final = (0.88, 1.14)
"""The same of one of many, who are different enough."""


def _member(voice: str) -> int:
    """Number of one of the cast, 0 for the speaker, also over a line (``~``)."""
    return int(voice.split("*")[1].rstrip("~"))


def _casts(store: Store, items: npt.NDArray[np.int64]) -> list[list[npt.NDArray[np.int64]]]:
    """For every real speaker of these items: what each member of the cast says, the speaker first.

    A shorter list than the cast's only where the store is a small one for trying things out.
    """
    of: dict[str, dict[int, list[int]]] = {}
    for item in items:
        voice = str(store.voice[item])
        members = of.setdefault(voice.split("*")[0], {})
        members.setdefault(_member(voice), []).append(int(item))
    return [
        [np.array(members[number]) for number in sorted(members)]
        for _, members in sorted(of.items())
    ]


class Casting:
    """Chooses who speaks; those who say more are chosen more often, though not by as much."""

    def __init__(self, store: Store, spoken: Mapping[str, npt.NDArray[np.int64]]) -> None:
        """Sort by speaker.

        Args:
            store: everything that is learnt from.
            spoken: the utterances of each kind of speech, as their numbers in the store.
        """
        self._of = spoken
        self._casts = {
            kind: _casts(store, items) for kind, items in spoken.items() if kind != "synthetic"
        }
        self._shares = {
            kind: tempered([sum(map(len, cast)) for cast in casts])
            for kind, casts in self._casts.items()
        }

    def speaker(
        self, kind: str, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.int64], tuple[float, float]]:
        """Choose who speaks: what they say, and how far their formants may be moved.

        Returns:
            Utterances, as their numbers in the store, and the least and the largest factor.
        """
        if kind not in self._casts:
            return self._of[kind], _FORMANTS
        cast = self._casts[kind][rng.choice(len(self._casts[kind]), p=self._shares[kind])]
        if kind in ("crowd", "neural"):
            return cast[0], _FORMANTS_CROWD
        if len(cast) == 1 or rng.random() < REAL:
            return cast[0], _FORMANTS
        return cast[int(rng.integers(1, len(cast)))], _FORMANTS_MADE_UP
