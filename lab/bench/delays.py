"""How soon a cue comes after a phrase: in the bundled call, and by neural voices."""

import itertools
import json
import time
import tomllib
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from firmware_py.core.types import AGENT, HOP, HOPS_PER_SECOND, RATE, PcmArray
from firmware_py.hearing.levels import measure as measure_levels
from firmware_py.settings.config import Config
from lab.bench.chain import LiveChain, build_pipeline
from lab.bench.sound import DEMO, call, cut
from lab.evaluation import neural_voices

PHRASE: Final = "phrase.F5"
"""Observation of the banned phrase in the bundled call."""
NEAR_S: Final = 0.5
"""Seconds by which its end may be heard wrong."""
SHIFTS: Final = 12
"""Places of a Block's edge within the phrase for which the delay is taken."""
SEED: Final = 16
ROOM: Final = 20.0
"""Noise of the quiet room in which neural voices speak: standard deviation of its samples."""
NEXT_S: Final = 0.02
"""Seconds after a phrase in which nothing is said where talk goes on."""
END_DB: Final = 30.0
"""dB under the loudest hop of an utterance at which it ends."""


def delays_of_call() -> tuple[float, ...]:
    """Delays in ms from the end of the banned phrase to its cue, wherever in a Block that falls.

    A place where the phrase was not heard gives none.
    """
    truth = tomllib.loads((DEMO / "call.toml").read_text("utf-8"))["line"]
    end = next(line["end"] for line in truth if line["event"] == PHRASE)
    pcm = call(round(end) + 3)
    shifts = np.linspace(1, Config().tap.block_samples, SHIFTS, dtype=int)
    heard = [heard_at(pcm, shift, PHRASE, end) for shift in shifts.tolist()]
    return tuple(1000 * (at - end) for at in heard if at is not None)


def delays_of_voices(*, amid: bool = False) -> tuple[float, ...]:
    """The same of banned phrases by neural voices, each at one place in a Block; () without them.

    A phrase ends where what is said does: where the level falls ``END_DB`` under its loudest hop.
    With ``amid`` the next sentence begins ``NEXT_S`` later.
    """
    if not all(neural_voices.table(kind).exists() for kind in ("phrases", "talk")):
        return ()
    rng = np.random.default_rng(SEED)
    said, talk = (
        json.loads(neural_voices.table(kind).read_text("utf-8")) for kind in ("phrases", "talk")
    )
    found = []
    for saying, sentence in zip(said, itertools.cycle(talk), strict=False):
        pcm, end = in_a_room(sound_of(neural_voices.FOLDER / saying["path"]), rng)
        if amid:
            go_on(pcm, end, sound_of(neural_voices.FOLDER / sentence["path"]))
        shift = int(rng.integers(Config().tap.block_samples))
        at = heard_at(pcm, shift, f"phrase.{saying['phrase']}", end)
        if at is not None:
            found.append(1000 * (at - end))
    return tuple(found)


def sound_of(path: Path) -> npt.NDArray[np.int16]:
    """Give what a neural voice says: int16 [samples]."""
    said, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    return np.asarray(said)


def in_a_room(said: npt.NDArray[np.int16], rng: "np.random.Generator") -> tuple[PcmArray, float]:
    """Put what somebody says into a quiet room: int16 [samples, 2], and the second of its end."""
    pcm = np.rint(rng.normal(0, ROOM, (len(said) + 3 * RATE, 2))).astype(np.int16)
    pcm[RATE : RATE + len(said), AGENT] += said
    level = measure_levels(pcm[: len(pcm) // HOP * HOP])[:, AGENT]
    last = int(np.flatnonzero(level > level.max() - END_DB)[-1])
    return pcm, (last + 1) / HOPS_PER_SECOND


def go_on(pcm: PcmArray, end: float, said: npt.NDArray[np.int16]) -> None:
    """Let the agent say something else a moment later."""
    begin = round((end + NEXT_S) * RATE)
    sounds = int(np.flatnonzero(np.abs(said.astype(int)) > np.abs(said.astype(int)).max() / 30)[0])
    said = said[sounds:][: len(pcm) - begin]
    pcm[begin : begin + len(said), AGENT] = said


def heard_at(pcm: PcmArray, shift: int, phrase: str, end: float) -> float | None:
    """Second at which the cue of a phrase that ends there is out, its Block full and worked on.

    The stream begins ``shift`` samples before the sound: its Blocks are whole, as the tap's are.
    """
    chain = LiveChain(build_pipeline())
    samples = -shift
    for block in cut(np.pad(pcm, ((shift, 0), (0, 0)))):
        samples += len(block.pcm)
        start = time.perf_counter()
        said = [cause for finding in chain.feed(block) for cause in finding.because]
        work = time.perf_counter() - start
        ends = [cause.end - shift / RATE for cause in said if cause.name == phrase]
        if any(abs(one - end) < NEAR_S for one in ends):
            return samples / RATE + work
    return None
