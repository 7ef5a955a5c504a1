"""Pace: real sentences of known text, as they are, slowed and sped, on good and bad lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from firmware_py.core.types import RATE
from firmware_py.detectors.pace import Pace
from lab.evaluation import tempo
from lab.evaluation.hearing import said
from lab.evaluation.lines import Line, speech_s
from lab.evaluation.plot import Sweep
from lab.evaluation.sounds import READERS, Sound, load, trim
from lab.results import Result, at_least, share
from lab.training import corpus

LINES = [(rate, 30.0, False) for rate in (0.7, 0.85, 1.0, 1.2, 1.5)]
LINES += [(1.0, 10.0, False), (1.0, 20.0, True)]
"""Rate, SNR in dB, telephone band."""
SINGLE = (1.0, 30.0, False)
"""How single sentences are heard."""
ENOUGH = 62
"""Syllables of a run of sentences: as many as the detector looks back on, and the first two."""


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences that one speaker reads one after the other."""

    sentences: list[Sound]
    syllables: int


def runs(audio: Path, speaker: str, enough: int, most: int) -> list[Run]:
    """Group the sentences of a speaker."""
    made: list[Run] = []
    now, syllables = [], 0
    for item in corpus.recordings(audio, "dev"):
        if item.speaker == speaker and item.kind == "sentence":
            now.append(trim(load(item.path)))
            syllables += len(item.syllables)
            if syllables >= enough:
                made.append(Run(now, syllables))
                now, syllables = [], 0
        if len(made) == most:
            break
    return made


def measure(audio: Path, speaker: str, most: int, seed: int) -> Iterator[Result]:
    """What was heard over what was said, for each sort of line."""
    long, short = runs(audio, speaker, ENOUGH, most), runs(audio, speaker, 10, 3 * most)
    for how in track(LINES, "pace", transient=True):
        yield _figure(long, "runs of 60 syllables", how, seed)
    yield _figure(short, "sentences", SINGLE, seed)


def _figure(some: list[Run], of: str, how: tuple[float, float, bool], seed: int) -> Result:
    rng = np.random.default_rng(seed)
    line, paces, ratios = Line(rng), [], []
    rate, snr, narrow = how
    for run in some:
        sound, true = _paced(run, rate, rng)
        paces.append(true)
        ratios.append(_heard(line, sound, snr, narrow) / true)
    single = of == "sentences"
    kind = f"{rate:g}.{snr:g}db.{'telephone' if narrow else 'wide'}"
    return share(
        "speaking.pace.single" if single else f"speaking.pace.rate_{kind}",
        "speaking",
        "Pace within 10 %",
        int(np.sum(np.abs(np.array(ratios) - 1) <= 0.1)),
        len(ratios),
        of,
        target=None if single else at_least(95),
        conditions=f"{'single sentences' if single else f'{rate:g} times the pace'},"
        f" SNR {snr:g} dB, {'telephone' if narrow else 'wide band'}",
        remarks=f"{np.median(paces):.2f} syllables/s; heard over true"
        f" {np.mean(ratios):.2f} ± {np.std(ratios):.2f}",
    )


FAST = (4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0)
"""Limits that are tried, in syllables per second."""
RATES = {1.0: False, 1.2: False, 1.5: True, 1.8: True}
"""Rate at which sentences are read again -> whether that is too fast."""


def sweep(audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What a lower or a higher limit would take for too fast."""
    rng = np.random.default_rng(seed)
    line, some = Line(rng), runs(audio, READERS[half], ENOUGH, most)
    lines: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    for rate, fast in track(RATES.items(), "pace", transient=True):
        flags, paces = [], []
        for run in some:
            sound, true = _paced(run, rate, rng)
            frames = list(line.frames(sound, rng.uniform(10, 30), False))
            flags += [
                [bool(said(Pace(fast_per_s=limit, slow_per_s=0.0), frames)) for limit in FAST]
            ]
            paces += [true]
        name = f"at {rate:g} times their pace: {np.median(paces):.1f}/s"
        lines[fast][name] = np.mean(flags, axis=0).tolist()
    return Sweep(
        title=f"pace: runs said to be too fast, {len(some)} of {READERS[half]}, seed {seed}",
        across="fast_per_s: syllables per second from which it is too fast",
        values=list(FAST),
        lines=lines[True],
        wrong=lines[False],
        chosen=Pace().fast_per_s,
    )


def _paced(run: Run, rate: float, rng: np.random.Generator) -> tuple[Sound, float]:
    """The run at another rate, and its syllables per second of speech."""
    parts = [tempo.paced(sentence, rate) for sentence in run.sentences]
    return _joined(parts, rng), run.syllables / sum(map(speech_s, parts))


def _joined(parts: list[Sound], rng: np.random.Generator) -> Sound:
    pauses = [np.zeros(round(rng.uniform(0.3, 1.5) * RATE)) for _ in parts]
    return np.concatenate([one for pair in zip(parts, pauses, strict=True) for one in pair])


def _heard(line: Line, sound: Sound, snr: float, narrow: bool) -> float:
    """The last thing a Pace says that may always speak; 0 if it heard too few syllables."""
    seen = line.listen(Pace(fast_per_s=0.0, least=5, again_s=0.0), sound, snr, narrow)
    return seen[-1].value if seen else 0.0
