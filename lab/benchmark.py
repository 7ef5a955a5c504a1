"""Measure what the device costs here: CPU per stage and as a whole, memory, and delay.

Everything is measured on the bundled call, played again and again, in Blocks as the live tap
gives them; delay also on what neural voices say (``lab.evaluation.neural_voices``), where that was
made. CPU is this process's own time, so other load on the machine matters little; still, compare
figures only from one machine.
"""

import argparse
import datetime
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in deskcue-ear.service
os.environ.setdefault("GPIOZERO_PIN_FACTORY", "mock")
os.environ.setdefault("GPIOZERO_MOCK_PIN_CLASS", "mockpwmpin")

import numpy as np
import numpy.typing as npt
import soundfile

from firmware_py.audio.joiner import Joiner
from firmware_py.core.clock import SystemClock
from firmware_py.core.errors import DeskcueError
from firmware_py.core.ports import Detector
from firmware_py.core.types import (
    AGENT,
    HOP,
    HOPS_PER_SECOND,
    RATE,
    Block,
    Finding,
    Observation,
    PcmArray,
)
from firmware_py.detectors import DETECTORS
from firmware_py.detectors.phrases import Phrases
from firmware_py.device.calm import Calm
from firmware_py.device.io import DeviceIO
from firmware_py.device.pipeline import Pipeline
from firmware_py.device.runtime import Device
from firmware_py.hearing.feature_extractor import FeatureExtractor, Stages
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.levels import measure as measure_levels
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.light.led import open_led
from firmware_py.outbox.store import Outbox
from firmware_py.rules import Rulebook, Rules, load_rulebook, started_at
from firmware_py.settings.config import Config, Light
from lab.costs import MANY, Costs, figures
from lab.many_phrases import with_made_up
from lab.results import record
from lab.results.terminal import show

In = TypeVar("In")
Out = TypeVar("Out")
ROOT: Final = Path(__file__).parents[1]
DEMO: Final = ROOT / "firmware_py" / "demo"
PHRASE: Final = "phrase.F5"
"""Observation of the banned phrase in the bundled call."""
NEAR_S: Final = 0.5
"""Seconds by which its end may be heard wrong."""
AFTERNOON: Final = datetime.datetime(2026, 1, 5, 14)
"""When the bundled call begins."""
CALL_S: Final = 60
REFERENCE: Final = 960
"""Samples of which log-mel as a reference is taken at once, whatever the length of Blocks."""
SHIFTS: Final = 12
"""Places of a Block's edge within the phrase for which the delay is taken."""
SEED: Final = 16
ROOM: Final = 20.0
"""Noise of the quiet room in which neural voices speak: standard deviation of its samples."""
NEXT_S: Final = 0.02
"""Seconds after a phrase in which nothing is said where talk goes on."""
END_DB: Final = 30.0
"""dB under the loudest hop of an utterance at which it ends."""


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=180, help="audio to measure CPU over (180)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    parser.add_argument("--as-ear", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_ear:
        print(hear_and_weigh())
        return
    costs = measure(arguments.seconds)
    found = tuple(figures(costs))
    if arguments.json:
        print(json.dumps(asdict(costs)))
    else:
        show(found)
    if arguments.record:
        try:
            record("bench", f"scripts/bench --seconds {arguments.seconds}", found)
        except DeskcueError as error:
            sys.exit(str(error))


def measure(seconds: int) -> Costs:
    """Take all figures."""
    blocks = list(cut(call(seconds)))
    chain, many, mel = cost_of_chain(blocks)
    return Costs(
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        python=platform.python_version(),
        seconds=seconds,
        stages={name: ns / 1e6 / seconds for name, ns in cost_of_stages(blocks).items()},
        chain=chain / 1e6 / seconds,
        mel=mel / 1e6 / seconds,
        ratio=chain / mel,
        many=many / chain,
        peak_mb=peak_memory(),
        delays_ms=delays_of_call(),
        delays_of_voices_ms=delays_of_voices(),
        delays_amid_ms=delays_of_voices(amid=True),
    )


def call(seconds: int) -> PcmArray:
    """Give the bundled call, repeated up to a length: int16 [samples, 2]."""
    pcm, rate = soundfile.read(DEMO / "call.ogg", dtype="int16", always_2d=True)
    assert rate == RATE
    return np.resize(pcm, (seconds * RATE, 2))


def cut(pcm: PcmArray) -> Iterator[Block]:
    """Cut sound into Blocks as the tap does."""
    size = Config().tap.block_samples
    edges = [*range(0, len(pcm), size), len(pcm)]
    for seq, (start, end) in enumerate(itertools.pairwise(edges)):
        yield Block(seq, pcm[start:end])


class Stopwatch:
    """Adds up CPU time by name."""

    def __init__(self) -> None:
        self.ns: dict[str, int] = defaultdict(int)

    def time(self, name: str, work: Callable[[In], Out], item: In) -> Out:
        """Do the work on the name's account."""
        start = time.thread_time_ns()
        result = work(item)
        self.ns[name] += time.thread_time_ns() - start
        return result


class LiveChain:
    """A pipeline that is fed as the live tap does: long Blocks while the agent says nothing."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline, self._joiner, self._calm = pipeline, Joiner(), Calm()
        self._patient = False

    def feed(self, block: Block) -> Sequence[Finding]:
        """Hear a short Block, alone or with those before it."""
        pcm = self._joiner.feed(block.pcm, patient=self._patient)
        if pcm is None:
            return ()
        result = self._pipeline.feed(replace(block, pcm=pcm))
        self._patient = self._calm.feed(result.features)
        return result.findings


class Timed:
    """A stage with a stopwatch around it."""

    def __init__(self, watch: Stopwatch, name: str, stage: Any) -> None:
        self._watch, self._name, self._stage = watch, name, stage

    def feed(self, *items: Any) -> Any:
        """Feed the stage on its account."""
        return self._watch.time(self._name, lambda given: self._stage.feed(*given), items)

    def branch(self) -> Any:
        """Give a way to ask on the side, for nothing."""
        return self._stage.branch()

    def reset(self) -> None:
        """Reset the stage."""
        self._stage.reset()


def cost_of_stages(blocks: list[Block]) -> dict[str, int]:
    """CPU ns of every stage over all Blocks, each on its own."""
    watch = Stopwatch()
    stages = Stages.of_device(load_phone_model())
    timed = {one.name: Timed(watch, one.name, getattr(stages, one.name)) for one in fields(Stages)}
    extractor = FeatureExtractor(stages=Stages(**timed))
    rulebook = load_rulebook(Config().rulebook)
    listeners = build_detectors(rulebook)
    rules = Rules(rulebook)
    for block in blocks:
        features = extractor.feed(block)
        observations: list[Observation] = []
        for name, detector in listeners.items():
            observations += watch.time(name, detector.feed, features)
        for observation in sorted(observations, key=lambda o: (o.at, o.name)):
            watch.time("rules", rules.feed, observation)
        watch.time("rules", rules.advance, (features.start + features.hops) / HOPS_PER_SECOND)
    return watch.ns


def cost_of_chain(blocks: list[Block]) -> tuple[int, int, int]:
    """CPU ns over all Blocks: the whole chain, that with many phrases, one channel's log-mel."""
    chain, many, mel = LiveChain(build_pipeline()), LiveChain(build_pipeline(MANY)), LogMel()
    other, watch = build_pipeline(), Stopwatch()
    for block in blocks:
        watch.time("chain", chain.feed, block)
        watch.time("many", many.feed, block)
        other.feed(block)  # so that log-mel finds the caches as a chain leaves them, every time
        for start in range(0, len(block.pcm), REFERENCE):
            watch.time("mel", mel.feed, block.pcm[start : start + REFERENCE, AGENT])
    return watch.ns["chain"], watch.ns["many"], watch.ns["mel"]


def build_detectors(rulebook: Rulebook) -> dict[str, Detector]:
    """All detectors, whether or not the rulebook names them, and all its phrases."""
    pronunciations = [
        pronunciation
        for p in rulebook.phrases
        for pronunciation in pronunciations_of(p.id, p.say, p.threshold)
    ]
    return {name: made() for name, made in DETECTORS.items()} | {"phrases": Phrases(pronunciations)}


def build_pipeline(more: int = 0) -> Pipeline:
    """Make the production chain, with so many made-up phrases more."""
    rulebook = with_made_up(load_rulebook(Config().rulebook), more)
    return Pipeline(rulebook, load_phone_model(), started_at(AFTERNOON))


def peak_memory() -> float:
    """MB at most in a process of its own that does an ear's work for a call."""
    command = [sys.executable, "-m", "lab.benchmark", "--as-ear"]
    sound = call(CALL_S).tobytes()
    ear = subprocess.run(command, input=sound, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return float(ear.stdout)


def hear_and_weigh() -> float:
    """Hear int16 stereo from standard input at work; return the process's peak memory in MB."""
    from firmware_py.commands import run  # noqa: F401  # everything that the service loads

    pcm = np.frombuffer(sys.stdin.buffer.read(), np.int16).reshape(-1, 2)
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder) / "outbox.db")
        ends = DeviceIO(Sound(pcm), open_led(Light()), outbox)
        device = Device(Config(), ends, SystemClock())
        for _ in device.listen():
            pass
        outbox.close()
    status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1000


@dataclass(frozen=True)
class Sound:
    """A Source of sound that is there already."""

    pcm: PcmArray

    def __iter__(self) -> Iterator[Block]:
        """Cut it as the tap does."""
        return cut(self.pcm)

    def close(self) -> None:
        """Do nothing."""


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
    from lab.evaluation import neural_voices  # no part of the ear whose memory is measured

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


if __name__ == "__main__":
    main()
