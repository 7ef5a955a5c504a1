"""Endless examples: utterances joined, stretched, warped and brought to a desk.

Everything happens on mel energies, which makes a second of training sound cost microseconds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS
from lab.training.casting import Casting
from lab.training.conditions import Energies, at_a_desk
from lab.training.cutting import FLUENT, first_tokens
from lab.training.store import KINDS, Store
from lab.training.surroundings import Surroundings
from lab.training.warping import curve, faded, stretched, tensed, warped

HOPS: Final = 432
"""Length of every example: 4.32 s."""
MAX_TOKENS: Final = 48
SPOKEN: Final = {
    "crowd": 0.34,
    "neural": 0.09,
    "sentence": 0.09,
    "piece": 0.09,
    "word": 0.09,
    "syllable": 0.07,
    "synthetic": 0.05,
}
"""How often an example is made of what. Pieces are of the readers' sentences."""
SILENT: Final = {"noise": 0.135, "foreign": 0.035, "babble": 0.01, "": 0.01}
"""How often an example has no speech of the agent; "" is coloured noise alone."""
PIECE: Final = 6
"""Most syllables of a piece."""
SQUEEZED: Final = 1.25
"""How much faster a sentence may become to fit an example; else a stretch of it is heard."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from."""

    mel: npt.NDArray[np.float32]
    """Log-mel rows, shape [examples, HOPS, 40]."""
    tokens: list[tuple[int, ...]]
    """What is said in the examples with speech, which come first."""


Said = tuple[int, ...]


def _haste(kind: str, hops: int, tight: bool, rng: np.random.Generator) -> float:
    """Factor that brings a recording of a kind to the pace of speech, give or take."""
    factor = float(rng.uniform(0.9, 1.12))
    if kind == "syllable":  # said alone they take two to four times as long as in speech
        return max(factor * float(rng.uniform(16, 34)) / hops, 0.25)
    if kind == "word" and tight:
        return factor * float(rng.uniform(0.5, 0.9))
    return factor


class Mixer:
    """Makes the batch of any step; the same seed and step give the same batch."""

    def __init__(self, store: Store, seed: int, examples: int = 32) -> None:
        """Sort the store by kind and, within a kind, by speaker."""
        self._store = store
        self._seed = seed
        self._examples = examples
        self._around = Surroundings(store, HOPS)
        fit = np.ones(len(store.kind), dtype=bool) if store.fit is None else store.fit
        self._of = {kind: np.flatnonzero((store.kind == kind) & fit) for kind in KINDS}
        if store.cuts is not None:
            cut = (store.cuts >= 0).sum(axis=1) > 2
            self._of["piece"] = np.flatnonzero(cut & fit & (store.kind == "sentence"))
        self._casting = Casting(
            store, {kind: items for kind, items in self._of.items() if kind in SPOKEN}
        )
        there = {kind: share for kind, share in SPOKEN.items() if len(self._of.get(kind, ()))}
        silent = {kind: SILENT[kind] for kind in (*self._around.kinds, "")}
        self._kinds = [*there, *silent]
        share = np.array([*there.values(), *silent.values()])
        self._share = share / share.sum()

    def batch(self, step: int) -> Batch:
        """Make the examples of one step."""
        rng = np.random.default_rng((self._seed, step))
        drawn = rng.choice(self._kinds, self._examples, p=self._share)
        kinds = sorted(map(str, drawn), key=lambda kind: kind in SILENT)
        canvases, tokens = [], []
        for kind in kinds:
            if kind in SILENT:
                canvases.append(self._silent(kind, rng))
                continue
            energy, said = self._speech(kind, rng)
            canvases.append(energy)
            tokens.append(said)
        around = np.zeros((self._examples, HOPS, BANDS), dtype=np.float32)
        faint = np.array([kind == "babble" for kind in kinds])
        if "noise" in self._kinds:
            for one in np.flatnonzero(rng.random(self._examples) < 0.42):
                around[one] = self._around.noise(rng) * _below(rng)
        for one in np.flatnonzero((rng.random(self._examples) < 0.12) & ~faint):
            gain = np.float32(10 ** (-rng.uniform(5, 25) / 10))
            around[one] += gain * self._around.babble(int(rng.integers(3, 7)), rng)
        return Batch(at_a_desk(np.stack(canvases), around, faint, rng), tokens)

    def _silent(self, kind: str, rng: np.random.Generator) -> Energies:
        """Fill one canvas with sound in which the agent says nothing."""
        if kind == "noise":
            return self._around.noise(rng)
        if kind == "foreign":
            return self._around.foreign(rng)
        if kind == "babble":
            return self._around.babble(int(rng.integers(4, 8)), rng)
        return np.zeros((HOPS, BANDS), dtype=np.float32)

    def _item(self, number: int) -> tuple[Energies, Said]:
        store = self._store
        rows = store.rows[store.first[number] : store.last[number]].astype(np.float32)
        return np.exp(rows), store.tokens[number]

    def _begins(self, number: int) -> list[int]:
        """Places in an utterance's tokens at which syllables begin, and the end."""
        said = self._store.tokens[number]
        return [*first_tokens(said), len(said)]

    def _piece(
        self, number: int, energy: Energies, said: Said, rng: np.random.Generator
    ) -> tuple[Energies, Said]:
        """Take some syllables out of a sentence."""
        assert self._store.cuts is not None
        cuts, begins = self._store.cuts[number], self._begins(number)
        first = int(rng.integers(len(begins) - 1))
        last = min(first + int(rng.integers(1, PIECE + 1)), len(begins) - 1)
        return energy[cuts[first] : cuts[last]], said[begins[first] : begins[last]]

    def _stretch(
        self, number: int, energy: Energies, said: Said, room: float, rng: np.random.Generator
    ) -> tuple[Energies, Said]:
        """Take as many syllables out of a sentence as there is room for, in hops."""
        cuts = None if self._store.cuts is None else self._store.cuts[number]
        if cuts is None or cuts[0] < 0:
            return energy, said
        begins = self._begins(number)
        ends = cuts[: len(begins)]
        latest = max(1, int((ends[-1] - ends[:-1] >= 0.8 * room).sum()))
        first = int(rng.integers(latest)) if rng.random() < 0.75 else 0
        last = int(np.searchsorted(ends, ends[first] + room, side="right")) - 1
        last = min(max(last, first + 1), len(begins) - 1)
        while last > first + 1 and begins[last] - begins[first] > MAX_TOKENS:
            last -= 1
        return energy[ends[first] : ends[last]], said[begins[first] : begins[last]]

    def _words(
        self, kind: str, number: int, room: float, rng: np.random.Generator
    ) -> tuple[Energies, Said]:
        """Give an utterance, or some of it.

        Args:
            kind: what the example is made of.
            number: of the utterance.
            room: hops that the first sentence of an example has; 0 for a later one.
            rng: chance.
        """
        energy, words = self._item(number)
        if kind == "piece":
            return self._piece(number, energy, words, rng)
        too_long = len(energy) > room * SQUEEZED or len(words) > MAX_TOKENS
        if kind in FLUENT and room and (too_long or rng.random() < 0.2):
            return self._stretch(number, energy, words, room / 1.12, rng)
        return energy, words

    def _speech(self, kind: str, rng: np.random.Generator) -> tuple[Energies, Said]:
        """Fill one canvas with utterances of a kind until the next does not fit."""
        canvas = np.zeros((HOPS, BANDS), dtype=np.float32)
        said: Said = ()
        at = int(rng.integers(0, 60))
        pace = float(np.exp(rng.uniform(np.log(0.72), np.log(1.4))))
        pool, formants = self._casting.speaker(kind, rng)
        warp = rng.uniform(*formants) * curve(rng, 0.04)
        contrast = float(rng.uniform(0.8, 1.2))
        tight = rng.random() < 0.7
        misfits = 0
        while misfits < 4:
            room = 0.0 if said else (HOPS - 24 - at) / pace
            energy, words = self._words(kind, int(rng.choice(pool)), room, rng)
            if len(energy) < 4:
                continue  # syllables that were found in one place
            factor = pace * _haste(kind, len(energy), tight, rng)
            energy = stretched(warped(tensed(energy, contrast), warp), factor)
            if at + len(energy) > HOPS - 24 or len(said) + len(words) > MAX_TOKENS:
                if said:
                    misfits += 1
                    continue
                if len(energy) > HOPS - 30:
                    energy = stretched(energy, (HOPS - 30) / len(energy))
                at = min(at, HOPS - 24 - len(energy))
            fade = int(rng.integers(0, 5))
            canvas[at : at + len(energy)] += faded(energy, fade) * np.float32(
                10 ** rng.uniform(-0.5, 0.3)
            )
            said += words
            gap = int(rng.integers(-5, 3)) if tight else int(rng.integers(0, 50))
            if kind in (*FLUENT, "synthetic"):
                gap = int(rng.integers(5, 60))
            at = max(0, at + len(energy) + gap)
            if rng.random() < 0.06:
                break
        return canvas, said


def _below(rng: np.random.Generator) -> np.float32:
    """How much energy noise has for each of the speech it lies under: mostly 3 to 28 dB less."""
    throw = rng.random()
    snr_db = rng.uniform(3, 28) if throw < 0.82 else rng.uniform(-5, 3)
    return np.float32(10 ** (-snr_db / 10))
