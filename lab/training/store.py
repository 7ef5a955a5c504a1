"""The device's own log-mel rows of everything that is learnt from, on disk once.

Two files: ``mel.f16`` holds all rows one after the other, ``items.npz`` says which rows belong to
which utterance, what it says, and whose voice it is.
"""

import multiprocessing
import random
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS, LogMel
from lab.training import corpus, speaker_augmentation, texts, voices
from lab.training.corpus import Recording, Sound
from lab.training.cutting import CUTS

KINDS = ("sentence", "word", "syllable", "synthetic")

COPIES: Final = {"sentence": 9, "word": 3, "syllable": 4}
"""By how many of the cast (``corpus.CAST``) each recording is said."""

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
    cuts: npt.NDArray[np.int32] | None
    """Hops at which syllables begin, then the end, then -1, shape [utterances, most + 1]."""


def rows_of(sound: Sound) -> npt.NDArray[np.float16]:
    """Hear a sound as the device does, at a peak of half full scale."""
    peak = max(float(np.abs(sound).max()), 1e-4)
    pcm = np.round(sound * (16_000 / peak)).astype(np.int16)
    return LogMel().feed(pcm).astype(np.float16)


def _virtual(recording: Recording, copies: int) -> list[Utterance]:
    """One recording by its own speaker, and by ``copies`` who never lived."""
    sound = corpus.trim(corpus.load(recording.path))
    tokens = corpus.tokens_of(recording.syllables)
    parts = speaker_augmentation.take_apart(sound)
    said = [(0, sound)]
    for number in random.Random(recording.path.name).sample(range(1, corpus.CAST + 1), copies):
        voice = speaker_augmentation.invent(f"{recording.speaker} {number}")
        said.append((number, speaker_augmentation.said_by(voice, parts)))
    return [
        (rows_of(one), tokens, recording.kind, f"{recording.speaker}*{number}")
        for number, one in said
    ]


def _synthetic(words: texts.Toned, variant: str, seed: str) -> list[Utterance]:
    """One sentence by one synthetic voice."""
    sound = voices.speak(words, variant, random.Random(seed))
    tokens = corpus.tokens_of(texts.plain(words))
    return [(rows_of(sound), tokens, "synthetic", variant)]


Job = tuple[Callable[..., list[Utterance]], tuple[object, ...]]


def _run(job: Job) -> list[Utterance]:
    work, arguments = job
    return work(*arguments)


def jobs(audio: Path, synthetic: int, seed: int, left_out: Collection[str] = ()) -> Iterator[Job]:
    """What there is to do: every recording of those learnt from, then synthetic sentences."""
    for recording in corpus.recordings(audio):
        if recording.speaker not in (*corpus.HELD_OUT, *left_out):
            yield _virtual, (recording, COPIES[recording.kind])
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
    cuts = np.load(folder / CUTS) if (folder / CUTS).exists() else None
    return Store(rows, items["first"], items["last"], tokens, items["kind"], items["voice"], cuts)
