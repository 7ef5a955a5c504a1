"""What else sounds at a desk, or sounds alone: noise, other people's talk, other languages.

Energies add up, so all of it is put under speech, and beside it, anew for every example.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS
from lab.training.conditions import Energies
from lab.training.store import Store
from lab.training.warping import curve, stretched, warped

TEMPER: Final = 0.5
"""Power of how much there is of something (a speaker's clips, a kind of noise) in how often it is
heard: 0 would give everyone the same say, 1 would let those with most drown the others."""
LEAST: Final = 1e-7
"""Mean energy below which a stretch of noise counts as a pause and is not made louder."""


def tempered(counts: list[int]) -> npt.NDArray[np.float64]:
    """How often each is chosen, by how much there is of it."""
    share = np.array(counts, dtype=np.float64) ** TEMPER
    result: npt.NDArray[np.float64] = share / share.sum()
    return result


class Surroundings:
    """Makes stretches of sound in which the agent says nothing."""

    def __init__(self, store: Store, hops: int) -> None:
        """Sort what there is by kind of sound."""
        self._store = store
        self._hops = hops
        noise = np.flatnonzero(store.kind == "noise")
        labels = sorted(set(store.voice[noise]))
        self._noises = [noise[store.voice[noise] == label] for label in labels]
        self._share = tempered([len(items) for items in self._noises]) if labels else None
        self._foreign = np.flatnonzero(store.kind == "foreign")
        self._talk = np.flatnonzero(np.isin(store.kind, ("sentence", "crowd", "neural")))

    def _rows(self, item: int) -> npt.NDArray[np.float16]:
        return self._store.rows[self._store.first[item] : self._store.last[item]]

    def _one(self, rng: np.random.Generator) -> Energies:
        """A stretch of one sound, a little faster or slower, higher or lower than it was."""
        assert self._share is not None
        rows = self._rows(rng.choice(self._noises[rng.choice(len(self._share), p=self._share)]))
        factor = float(rng.uniform(0.8, 1.25))
        need = int(self._hops / factor) + 2
        first = int(rng.integers(0, max(1, len(rows) - need)))
        rows = rows[first : first + need]
        if len(rows) < need:
            rows = np.tile(rows, (need // len(rows) + 1, 1))[:need]
        energy = warped(np.exp(rows.astype(np.float32)), rng.uniform(0.85, 1.2) * curve(rng, 0.03))
        return stretched(energy, factor)[: self._hops]

    def noise(self, rng: np.random.Generator) -> Energies:
        """A sound, or one after another, or two at once; mean 1, shape [hops, 40]."""
        energy, throw = self._one(rng), rng.random()
        if throw < 0.2:
            at = int(rng.integers(self._hops // 4, 3 * self._hops // 4))
            energy[at:] = self._one(rng)[at:]
        elif throw < 0.35:
            energy = energy + np.float32(10 ** rng.uniform(-1, 0.5)) * self._one(rng)
        return energy / max(float(energy.mean()), LEAST)

    def babble(self, talkers: int, rng: np.random.Generator) -> Energies:
        """People who all talk at once, each as loud as the next; mean 1, shape [hops, 40]."""
        energy = np.full((self._hops, BANDS), 1e-9, dtype=np.float32)
        for _ in range(talkers):
            at = -int(rng.integers(0, 200))
            while at < self._hops:
                rows = np.exp(self._rows(int(rng.choice(self._talk))).astype(np.float32))
                one = rows[max(0, -at) : self._hops - at] / max(float(rows.mean()), LEAST)
                at = max(at, 0)
                energy[at : at + len(one)] += one
                at += len(one) + int(rng.integers(1, 60))
        return np.asarray(energy / energy.mean(), np.float32)

    def foreign(self, rng: np.random.Generator) -> Energies:
        """Talk that is not Mandarin, one sentence after the other, shape [hops, 40]."""
        energy = np.zeros((self._hops, BANDS), dtype=np.float32)
        at = int(rng.integers(0, 60))
        factor, warp = float(rng.uniform(0.8, 1.25)), rng.uniform(0.82, 1.24) * curve(rng, 0.04)
        while at < self._hops - 40:
            rows = np.exp(self._rows(int(rng.choice(self._foreign))).astype(np.float32))
            one = stretched(warped(rows, warp), factor)[: self._hops - at]
            energy[at : at + len(one)] = one
            at += len(one) + int(rng.integers(5, 60))
        return energy

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can be made of this store."""
        there = {
            "noise": len(self._noises),
            "foreign": len(self._foreign),
            "babble": len(self._talk),
        }
        return tuple(kind for kind, items in there.items() if items)
