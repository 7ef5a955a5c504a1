"""Endless examples: utterances joined, stretched, warped and brought to a desk.

Everything happens on mel energies, which makes a second of training sound cost microseconds;
another vocal tract is a warped mel axis (Jaitly and Hinton, 2013).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS, CENTRES_HZ
from lab.training.conditions import Energies, at_a_desk
from lab.training.cutting import first_tokens
from lab.training.store import KINDS, Store

HOPS: Final = 432
"""Length of every example: 4.32 s."""
MAX_TOKENS: Final = 48
SHARES: Final = {
    "sentence": 0.14,
    "piece": 0.20,
    "word": 0.26,
    "syllable": 0.18,
    "synthetic": 0.20,
    "": 0.02,
}
"""How often an example is made of what; "" is sound without speech, pieces are of sentences."""
PIECE: Final = 6
"""Most syllables of a piece."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from."""

    mel: npt.NDArray[np.float32]
    """Log-mel rows, shape [examples, HOPS, 40]."""
    tokens: list[tuple[int, ...]]
    """What is said in the examples with speech, which come first."""


_FORMANTS: Final = (0.82, 1.24)
"""From a bass's vocal tract to a child's, as a factor of a real or synthetic speaker's."""
_FORMANTS_MADE_UP: Final = (0.93, 1.08)
"""The same of a voice of the cast, which has formants of its own already."""


def _warp(energy: Energies, factor: npt.NDArray[np.float64]) -> Energies:
    """Move what lies in each band by a factor of its own, shape [40]."""
    at = np.interp(CENTRES_HZ / factor, CENTRES_HZ, np.arange(BANDS))
    low = at.astype(int)
    high = np.minimum(low + 1, BANDS - 1)
    part = (at - low).astype(np.float32)
    return energy[:, low] * (1 - part) + energy[:, high] * part


def _stretch(energy: Energies, factor: float) -> Energies:
    """Say it ``factor`` times as slowly."""
    hops = max(4, round(len(energy) * factor))
    at = np.linspace(0, len(energy) - 1, hops)
    low = at.astype(int)
    high = np.minimum(low + 1, len(energy) - 1)
    part = (at - low).astype(np.float32)[:, None]
    return energy[low] * (1 - part) + energy[high] * part


def _tensed(energy: Energies, contrast: float) -> Energies:
    """Sharpen (above 1) or blur the envelope of every hop, as a tense or a lax voice would."""
    log = np.log(energy + 1e-9)
    mean = log.mean(axis=1, keepdims=True)
    return np.exp(mean + np.float32(contrast) * (log - mean))


def _faded(energy: Energies, hops: int) -> Energies:
    """Fade both ends, so that neighbours melt into each other."""
    hops = min(hops, len(energy) // 3)
    if hops:
        ramp = (np.arange(1, hops + 1, dtype=np.float32) / (hops + 1))[:, None]
        energy = energy.copy()
        energy[:hops] *= ramp
        energy[-hops:] *= ramp[::-1]
    return energy


def _haste(kind: str, hops: int, tight: bool, rng: np.random.Generator) -> float:
    """Factor that brings a recording of a kind to the pace of speech, give or take."""
    factor = float(rng.uniform(0.9, 1.12))
    if kind == "syllable":  # said alone they take two to four times as long as in speech
        return max(factor * float(rng.uniform(16, 34)) / hops, 0.25)
    if kind == "word" and tight:
        return factor * float(rng.uniform(0.5, 0.9))
    return factor


def _casts(store: Store, items: npt.NDArray[np.int64]) -> list[list[npt.NDArray[np.int64]]]:
    """For every real speaker of these items: what each member of the cast says, the speaker first.

    A shorter list than the cast's only where the store is a small one for trying things out.
    """
    speakers = np.array([voice.split("*")[0] for voice in store.voice[items]])
    numbers = np.array([int(voice.split("*")[1]) for voice in store.voice[items]], dtype=int)
    return [
        [
            items[(speakers == name) & (numbers == number)]
            for number in sorted(set(numbers[speakers == name]))
        ]
        for name in sorted(set(speakers))
    ]


class Mixer:
    """Makes the batch of any step; the same seed and step give the same batch."""

    def __init__(self, store: Store, seed: int, examples: int = 32) -> None:
        """Sort the store by kind and, for syllables, by voice and sound."""
        self._store = store
        self._seed = seed
        self._examples = examples
        self._of = {kind: np.flatnonzero(store.kind == kind) for kind in KINDS}
        if store.cuts is not None:
            self._of["piece"] = np.flatnonzero((store.cuts >= 0).sum(axis=1) > 2)
        self._casts = {
            kind: _casts(store, items) for kind, items in self._of.items() if kind != "synthetic"
        }
        self._kinds = [kind for kind in SHARES if not kind or len(self._of.get(kind, ()))]
        share = np.array([SHARES[kind] for kind in self._kinds])
        self._share = share / share.sum()

    def batch(self, step: int) -> Batch:
        """Make the examples of one step."""
        rng = np.random.default_rng((self._seed, step))
        canvases, tokens = [], []
        kinds = rng.choice(self._kinds, self._examples, p=self._share)
        for kind in sorted(kinds, key=lambda kind: kind == ""):
            energy, said = self._speech(str(kind), rng)
            canvases.append(energy)
            if said:
                tokens.append(said)
        energy = np.stack(canvases)
        return Batch(at_a_desk(energy, rng), tokens)

    def _item(self, number: int) -> tuple[Energies, tuple[int, ...]]:
        store = self._store
        rows = store.rows[store.first[number] : store.last[number]].astype(np.float32)
        return np.exp(rows), store.tokens[number]

    def _piece(
        self, number: int, energy: Energies, said: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Energies, tuple[int, ...]]:
        """Take some syllables out of a sentence."""
        assert self._store.cuts is not None
        cuts = self._store.cuts[number]
        begins = [*first_tokens(said), len(said)]
        first = int(rng.integers(len(begins) - 1))
        last = min(first + int(rng.integers(1, PIECE + 1)), len(begins) - 1)
        return energy[cuts[first] : cuts[last]], said[begins[first] : begins[last]]

    def _speech(self, kind: str, rng: np.random.Generator) -> tuple[Energies, tuple[int, ...]]:
        """Fill one canvas with utterances of a kind until the next does not fit."""
        canvas = np.zeros((HOPS, BANDS), dtype=np.float32)
        said: tuple[int, ...] = ()
        if not kind:
            return canvas, said
        at = int(rng.integers(0, 60))
        pace = float(np.exp(rng.uniform(np.log(0.72), np.log(1.4))))
        pool, formants = self._of[kind], _FORMANTS
        if kind in self._casts:
            cast = self._casts[kind][rng.integers(len(self._casts[kind]))]
            member = int(rng.integers(len(cast)))
            pool, formants = cast[member], _FORMANTS_MADE_UP if member else _FORMANTS
        warp = rng.uniform(*formants) * _curve(rng, 0.04)
        contrast = float(rng.uniform(0.8, 1.2))
        tight = rng.random() < 0.7
        misfits = 0
        while misfits < 4:
            number = int(rng.choice(pool))
            energy, words = self._item(number)
            if kind == "piece":
                energy, words = self._piece(number, energy, words, rng)
            factor = pace * _haste(kind, len(energy), tight, rng)
            energy = _stretch(_warp(_tensed(energy, contrast), warp), factor)
            if at + len(energy) > HOPS - 24 or len(said) + len(words) > MAX_TOKENS:
                if said:
                    misfits += 1
                    continue
                if len(energy) > HOPS - 30:
                    energy = _stretch(energy, (HOPS - 30) / len(energy))
                at = 0
            fade = int(rng.integers(0, 5))
            canvas[at : at + len(energy)] += _faded(energy, fade) * np.float32(
                10 ** rng.uniform(-0.5, 0.3)
            )
            said += words
            gap = int(rng.integers(-5, 3)) if tight else int(rng.integers(0, 50))
            if kind in ("sentence", "synthetic"):
                gap = int(rng.integers(5, 60))
            at = max(0, at + len(energy) + gap)
            if rng.random() < 0.06:
                break
        return canvas, said


def _curve(rng: np.random.Generator, spread: float) -> npt.NDArray[np.float64]:
    """A smooth random curve about 1 over the bands, shape [40]."""
    return np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, 6), 1 + rng.normal(0, spread, 6))
