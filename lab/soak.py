"""Let the production chain hear a shift of made-up calls; watch its memory and CPU.

One process makes the sound: calls between two espeak-ng voices, with holds, pauses, chewing and
raised voices, over a room whose noise drifts. Another one hears it, a Block at a time, and takes
its own measure after every ten minutes of sound. Ctrl-C ends it early and shows what there is.
"""

import argparse
import datetime
import gc
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final, Unpack
from xml.etree.ElementTree import Element

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in deskcue-ear.service

import numpy as np
from rich.progress import Progress

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import AGENT, CALLER, RATE, Block, PcmArray
from firmware_py.device.pipeline import Pipeline
from firmware_py.drawing.html import FONTS, add, as_svg, node
from firmware_py.drawing.raster import check_png, png
from firmware_py.drawing.shapes import AGENT_COLOUR, FAINT, LINE, text_at
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook, started_at
from firmware_py.settings.config import Config
from lab.demo_call import (
    CHEWING,
    SCRIPT,
    SILENCE,
    Line,
    Sound,
    at_level,
    chewing,
    room,
    speech,
)
from lab.results import Result, at_most, record
from lab.results.result import Words
from lab.results.terminal import show

ROOT: Final = Path(__file__).parents[1]
EVERY_S: Final = 600
"""Seconds of sound between two measurements."""
BLOCK_BYTES: Final = Config().tap.block_samples * 4
START: Final = datetime.datetime(2026, 3, 3, 8, 0)
WARM: Final = 3
"""Measurements at the start that do not count: buffers fill, the runtime settles."""


@dataclass(frozen=True)
class Measure:
    """What the hearing process says of itself."""

    hours: float
    """Of sound heard so far."""
    memory_mb: float
    """Resident."""
    objects: int
    """Python objects that the garbage collector knows."""
    cpu_ms: float
    """Per second of sound, since the last measurement."""
    findings: int
    """So far."""


def main() -> int:
    """Run a shift and show it."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=12.0, help="of sound (12)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    parser.add_argument("--plot", type=Path, help="draw memory and CPU into this PNG file")
    parser.add_argument("--as-ear", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.as_ear:
        with suppress(KeyboardInterrupt):
            hear()
        return 0
    try:
        return shift_and_show(args)
    except DeskcueError as error:
        print(error, file=sys.stderr)
        return 1


def shift_and_show(args: argparse.Namespace) -> int:
    """Run it; 1 if there is nothing to show.

    Raises:
        DeskcueError: a picture cannot be drawn, or the figures cannot be kept.
    """
    if args.plot:
        check_png()
    measures = soak(args.hours, args.seed)
    if not measures:
        print("stopped before the first measurement", file=sys.stderr)
        return 1
    found = tuple(figures(measures))
    show(found)
    if args.record:
        record("soak", f"scripts/soak --hours {args.hours:g} --seed {args.seed}", found)
    if args.plot:
        args.plot.write_bytes(png(draw(measures)))
    return 0


def soak(hours: float, seed: int) -> list[Measure]:
    """Make the sound, let it be heard, gather the measurements."""
    command = [sys.executable, "-m", "lab.soak", "--as-ear"]
    measures = []
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as ear,
        Progress() as progress,
    ):
        assert ear.stdin is not None
        assert ear.stdout is not None
        task = progress.add_task("hearing", total=hours)
        with suppress(KeyboardInterrupt):
            for stretch in shift(round(hours * 3600 / EVERY_S), np.random.default_rng(seed)):
                ear.stdin.write(stretch.tobytes())
                ear.stdin.flush()
                measures.append(Measure(**json.loads(ear.stdout.readline())))
                progress.update(task, completed=measures[-1].hours)
    return measures


def hear() -> None:
    """Hear int16 stereo from standard input; print a measurement for every ``EVERY_S`` seconds."""
    pipeline = Pipeline(load_rulebook(Config().rulebook), load_phone_model(), started_at(START))
    findings, seq, due, cpu = 0, 0, EVERY_S, time.process_time()
    while raw := sys.stdin.buffer.read(BLOCK_BYTES):
        block = Block(seq, np.frombuffer(raw, np.int16).reshape(-1, 2))
        findings += len(pipeline.feed(block).findings)
        seq += 1
        if pipeline.seconds >= due:
            used = 1000 * (time.process_time() - cpu) / EVERY_S
            now = Measure(due / 3600, resident_mb(), len(gc.get_objects()), used, findings)
            print(json.dumps(asdict(now)), flush=True)
            due += EVERY_S
            cpu = time.process_time()


def resident_mb() -> float:
    """Resident memory of this process."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def shift(stretches: int, rng: np.random.Generator) -> Iterator[PcmArray]:
    """Sound of a shift in stretches of ``EVERY_S`` seconds, int16 [samples, 2]."""
    rulebook = load_rulebook(Config().rulebook)
    said = [phrase.text for phrase in rulebook.phrases]
    said += [line.text for line in SCRIPT if line.text not in (SILENCE, CHEWING)]
    voices = {
        who: [speech(Line(who, text, speed=int(rng.integers(150, 260)))) for text in said]
        for who in ("agent", "caller")
    }
    noise = room(60 * RATE, rng)
    for _ in range(stretches):
        sound = np.roll(noise, int(rng.integers(len(noise))), axis=0)
        sound = np.resize(sound, (EVERY_S * RATE, 2)) * 10 ** rng.uniform(-0.3, 0.7)
        at = 0.0
        while at < EVERY_S - 60:
            at = call(sound, at, voices, rng)
        yield np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def call(
    sound: Sound, at: float, voices: dict[str, list[Sound]], rng: np.random.Generator
) -> float:
    """Put a call into the sound after a rest; return the second at which it ends."""
    start = at + rng.uniform(3, 40)
    end = min(start + rng.uniform(60, 400), len(sound) / RATE - 5)
    sound[int(at * RATE) : int(start * RATE), CALLER] = 0
    now, who = start + rng.uniform(0.3, 4), "agent"
    while now < end - 12:
        words = voices[who][rng.integers(len(voices[who]))]
        gain = rng.choice([-32, -28, -15], p=[0.5, 0.48, 0.02])
        lay(at_level(words, gain), sound, now, AGENT if who == "agent" else CALLER)
        now += len(words) / RATE + rng.uniform(-0.4, 1.5)
        who = "caller" if rng.random() < 0.6 else "agent"
        if rng.random() < 0.04:
            lay(at_level(chewing(rng), -40), sound, now, AGENT)
            now += 8
        if rng.random() < 0.03:
            sound[int(now * RATE) : int((now + 9) * RATE), AGENT] = 0  # on hold
            now += 10
    return end


def lay(words: Sound, onto: Sound, at: float, side: int) -> None:
    """Add words to one side from a second on."""
    first = round(at * RATE)
    room_left = onto[first : first + len(words), side]
    room_left += words[: len(room_left)]


def figures(measures: list[Measure]) -> Iterator[Result]:
    """How the last hours compare with the first; every hour's memory; CPU."""
    early, late = thirds(measures)
    grown = median(one.memory_mb for one in late) - median(one.memory_mb for one in early)
    title = "Median memory of the last third over that of the first"
    yield _figure("memory.grown", title, grown, "MB", target=at_most(2))
    each = round(3600 / EVERY_S)
    for one in measures[each - 1 :: each] or measures[-1:]:
        yield _figure(
            f"memory.hour_{one.hours:g}",
            "Resident memory",
            one.memory_mb,
            "MB",
            conditions=f"after {one.hours:g} h",
            remarks=f"{one.objects} Python objects, {one.findings} findings so far",
        )
    costs = [one.cpu_ms for one in measures]
    yield _figure("cpu.least", "CPU per second of sound, least", min(costs), "ms")
    yield _figure("cpu.most", "CPU per second of sound, most", max(costs), "ms")


def _figure(name: str, title: str, value: float, unit: str, **words: Unpack[Words]) -> Result:
    return Result(
        id=f"endurance.{name}",
        question="endurance",
        title=title,
        value=value,
        unit=unit,
        **words,
    )


def thirds(measures: list[Measure]) -> tuple[list[Measure], list[Measure]]:
    """The first and the last third of what was measured once warm."""
    warm = measures[WARM:] or measures
    length = max(1, len(warm) // 3)
    return warm[:length], warm[-length:]


def draw(measures: list[Measure]) -> str:
    """Two curves over the hours, as SVG."""
    picture = node(
        "svg",
        node("rect", width=900, height=460, fill="#ffffff"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox="0 0 900 460",
        font_family=FONTS,
    )
    hours = [one.hours for one in measures]
    curves = (
        ("Resident memory, MB", [one.memory_mb for one in measures]),
        ("CPU, ms per second of sound", [one.cpu_ms for one in measures]),
    )
    for number, (title, values) in enumerate(curves):
        add(picture, *curve(title, hours, values, 50 + 215 * number))
    add(picture, text_at(450, 448, "hours of sound", fill=FAINT, text_anchor="middle"))
    return as_svg(picture)


def curve(title: str, hours: list[float], values: list[float], top: int) -> Iterator[Element]:
    """One panel, from zero up to a round number over the highest value."""
    left, width, height, most = 70, 800, 140, 3 * _step(max(values) / 3)
    yield text_at(left, top - 12, title, font_weight="bold")
    for part in range(4):
        y = top + height * (1 - part / 3)
        yield node("line", x1=left, x2=left + width, y1=y, y2=y, stroke=LINE)
        label = f"{most * part / 3:g}"
        yield text_at(left - 8, y + 4, label, fill=FAINT, text_anchor="end")
    for hour in range(int(hours[-1]) + 1):
        x = left + width * hour / hours[-1]
        yield text_at(x, top + height + 16, str(hour), fill=FAINT, text_anchor="middle")
    dots = (
        f"{left + width * hour / hours[-1]:.1f},{top + height * (1 - value / most):.1f}"
        for hour, value in zip(hours, values, strict=True)
    )
    shape = {"fill": "none", "stroke": AGENT_COLOUR, "stroke_width": 2}
    yield node("polyline", points=" ".join(dots), **shape)


def _step(least: float) -> float:
    """Next round number."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= least)


if __name__ == "__main__":
    raise SystemExit(main())
