"""The device's own log-mel rows of everything that is learnt from, on disk once.

Two files: ``mel.f16`` holds all rows one after the other, ``items.npz`` says which rows belong to
which utterance, what it says, and whose voice it is.
"""

import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS, LogMel
from training import corpus, texts, voices
from training.corpus import Recording, Sound

KINDS = ("sentence", "word", "syllable", "synthetic")

Utterance = tuple[npt.NDArray[np.float16], tuple[int, ...], str, str]
"""Log-mel rows, tokens, kind, voice."""


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is learnt from, in memory-mapped rows."""

    rows: npt.NDArray[np.float16]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    tokens: list[tuple[int, ...]]
    kind: npt.NDArray[np.str_]
    voice: npt.NDArray[np.str_]


def rows_of(sound: Sound) -> npt.NDArray[np.float16]:
    """Hear a sound as the device does, at a peak of half full scale."""
    peak = max(float(np.abs(sound).max()), 1e-4)
    pcm = np.round(sound * (16_000 / peak)).astype(np.int16)
    return LogMel().feed(pcm).astype(np.float16)


def _virtual(recording: Recording, copies: int, seed: int) -> list[Utterance]:
    """One recording by its own speaker, and by ``copies`` who never lived."""
    rng = random.Random(f"{seed} {recording.path.name}")
    sound = corpus.trim(corpus.load(recording.path))
    tokens = corpus.tokens_of(recording.syllables)
    # Away from 1 on both sides: the other sex, a child, a bass. Here pitch and formants move
    # together; ``mixing`` moves the formants of every example on their own.
    factors = [
        1.0,
        *(rng.choice([rng.uniform(0.72, 0.95), rng.uniform(1.05, 1.42)]) for _ in range(copies)),
    ]
    return [
        (
            rows_of(sound if factor == 1.0 else voices.another(sound, factor)),
            tokens,
            recording.kind,
            f"{recording.speaker}*{factor:.2f}",
        )
        for factor in factors
    ]


def _synthetic(words: texts.Toned, variant: str, seed: str) -> list[Utterance]:
    """One sentence by one synthetic voice."""
    sound = voices.speak(words, variant, random.Random(seed))
    tokens = corpus.tokens_of(tuple(word.rstrip("012345") for word in words))
    return [(rows_of(sound), tokens, "synthetic", variant)]


Job = tuple[Callable[..., list[Utterance]], tuple[object, ...]]


def _run(job: Job) -> list[Utterance]:
    work, arguments = job
    return work(*arguments)


def jobs(audio: Path, synthetic: int, seed: int) -> Iterator[Job]:
    """What there is to do: every recording of those learnt from, then synthetic sentences."""
    copies = {"sentence": 7, "word": 2, "syllable": 3}
    for recording in corpus.recordings(audio):
        if recording.speaker not in corpus.HELD_OUT:
            yield _virtual, (recording, copies[recording.kind], seed)
    variants = voices.variants()
    for number, words in zip(range(synthetic), texts.sentences(seed), strict=False):
        yield _synthetic, (words, variants[number % len(variants)], f"{seed} {number}")


def build(folder: Path, work: Iterable[Job], tick: Callable[[], None]) -> None:
    """Do all jobs on every core and write the store; unfinished ones leave no ``items.npz``."""
    folder.mkdir(parents=True, exist_ok=True)
    first, last, tokens, kinds, names = [], [], [], [], []
    at = 0
    with (folder / "mel.f16").open("wb") as out, multiprocessing.Pool() as pool:
        for utterances in pool.imap(_run, work, chunksize=8):
            for rows, said, kind, voice in utterances:
                out.write(rows.tobytes())
                first.append(at)
                at += len(rows)
                last.append(at)
                tokens.append(said)
                kinds.append(kind)
                names.append(voice)
            tick()
    longest = max(len(said) for said in tokens)
    padded = np.full((len(tokens), longest), -1, dtype=np.int16)
    for row, said in enumerate(tokens):
        padded[row, : len(said)] = said
    np.savez(folder / "items.npz", first=first, last=last, tokens=padded, kind=kinds, voice=names)


def load(folder: Path) -> Store:
    """Open a finished store."""
    items = np.load(folder / "items.npz")
    rows = np.memmap(folder / "mel.f16", dtype=np.float16, mode="r").reshape(-1, BANDS)
    tokens = [tuple(int(token) for token in row if token >= 0) for row in items["tokens"]]
    return Store(rows, items["first"], items["last"], tokens, items["kind"], items["voice"])
