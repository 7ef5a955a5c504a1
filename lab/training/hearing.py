"""Everything that is learnt from, heard once as the device hears it, into a ``store``."""

import multiprocessing
import random
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import LogMel
from lab.training import codecs, corpus, speaker_augmentation, store, texts, voices
from lab.training.corpus import Recording, Sound
from lab.training.material import Material
from lab.training.noises import Noise
from lab.training.writing import whole

COPIES: Final = {"sentence": (1.0, 5), "word": (0.35, 2), "syllable": (0.5, 3)}
"""Share of the recordings that are said by made-up speakers (``corpus.CAST``), and by how many."""
OVER_A_LINE: Final = 0.3
"""Share of fluent speech that is kept a second time as it comes out of a line (``codecs``)."""
FOREIGN: Final = 6
"""How often each sentence of another language is said."""

Utterance = tuple[npt.NDArray[np.float16], tuple[int, ...], str, str]
"""Log-mel rows, tokens, kind, voice."""


def rows_of(sound: Sound) -> npt.NDArray[np.float16]:
    """Hear a sound as the device does, at a peak of half full scale."""
    peak = max(float(np.abs(sound).max()), 1e-4)
    pcm = np.round(sound * (16_000 / peak)).astype(np.int16)
    return LogMel().feed(pcm).astype(np.float16)


def _by_made_up_speakers(recording: Recording, copies: int) -> list[Utterance]:
    """One recording by its own speaker, and by ``copies`` who never lived."""
    sound = corpus.trim(corpus.load(recording.path, recording.channel))
    tokens = corpus.tokens_of(recording.syllables)
    said = [(0, sound)]
    if copies:
        parts = speaker_augmentation.take_apart(sound)
        rng = random.Random(recording.path.name)
        for number in rng.sample(range(1, corpus.CAST + 1), copies):
            voice = speaker_augmentation.invent(f"{recording.speaker} {number}")
            said.append((number, speaker_augmentation.said_by(voice, parts)))
    return [
        (rows_of(one), tokens, recording.kind, f"{recording.speaker}*{number}")
        for number, one in said
    ]


def _fluent(recording: Recording) -> list[Utterance]:
    """One recording by its own speaker, at times once more over a line."""
    sound = corpus.trim(corpus.load(recording.path, recording.channel))
    tokens = corpus.tokens_of(recording.syllables)
    found = [(rows_of(sound), tokens, recording.kind, f"{recording.speaker}*0")]
    rng = random.Random(recording.path.name)
    if rng.random() < OVER_A_LINE:
        heard = codecs.through(codecs.some_line(rng), sound)
        found.append((rows_of(heard), tokens, recording.kind, f"{recording.speaker}*0~"))
    return found


def _noise(noise: Noise) -> list[Utterance]:
    """A sound that is no speech, under the name of its label."""
    return [(rows_of(corpus.load(noise.path)), (), "noise", noise.label)]


def _foreign(language: str, text: str, variant: str, seed: str) -> list[Utterance]:
    """A sentence of another language, under its name; to the model it is no speech either."""
    sound = voices.speak_foreign(language, text, variant, random.Random(seed))
    return [(rows_of(sound), (), "foreign", language)]


def _synthetic(words: texts.Toned, variant: str, seed: str) -> list[Utterance]:
    """One sentence by one synthetic voice."""
    sound = voices.speak(words, variant, random.Random(seed))
    tokens = corpus.tokens_of(texts.plain(words))
    return [(rows_of(sound), tokens, "synthetic", variant)]


Job = tuple[Callable[..., list[Utterance]], tuple[object, ...]]


def _run(job: Job) -> list[Utterance]:
    work, arguments = job
    return work(*arguments)


def jobs(material: Material, synthetic: int, seed: int) -> Iterator[Job]:
    """What there is to do: people first, then made-up speech, then what is no speech."""
    for recording in material.learnt:
        if recording.kind in COPIES:
            share, copies = COPIES[recording.kind]
            chosen = random.Random(f"{recording.path.name} cast").random() < share
            yield _by_made_up_speakers, (recording, copies if chosen else 0)
        else:
            yield _fluent, (recording,)
    variants = voices.variants()
    for number, words in zip(range(synthetic), texts.sentences(seed), strict=False):
        yield _synthetic, (words, variants[number % len(variants)], f"{seed} {number}")
    for number, (language, text) in enumerate(voices.foreign() * FOREIGN):
        name = variants[number * 7 % len(variants)]
        yield _foreign, (language, text, name, f"{seed} foreign {number}")
    for noise in material.noises:
        yield _noise, (noise,)


def _undisturbed() -> None:
    """Leave Ctrl-C to the process that gives out the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def build(folder: Path, work: Iterable[Job], tick: Callable[[], None], made_of: str = "") -> None:
    """Do all jobs on every core and write the store; unfinished ones leave no ``items.npz``.

    Args:
        folder: where the store lies.
        work: what there is to do.
        tick: is called after each.
        made_of: fingerprint of the material.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first, last, tokens, kinds, names = [], [], [], [], []
    at = 0
    with (
        (folder / "mel.f16").open("wb") as out,
        multiprocessing.Pool(initializer=_undisturbed) as pool,
    ):
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
    with whole(folder / store.ITEMS) as items:
        np.savez(
            items,
            first=first,
            last=last,
            tokens=padded,
            kind=kinds,
            voice=names,
            made_of=made_of,
        )
