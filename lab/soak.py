"""Let the production chain hear a shift of made-up calls; watch its memory and CPU.

One process makes the sound: calls between two espeak-ng voices, with holds, pauses, chewing and
raised voices, over a room whose noise drifts. Another one hears it, a Block at a time, and takes
its own measure after every ten minutes of sound. Ctrl-C ends it early and shows what there is.
"""

import argparse
import datetime
import gc
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in deskcue-ear.service

import numpy as np
from rich.progress import Progress

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Block
from firmware_py.device.pipeline import Pipeline
from firmware_py.drawing.raster import check_png, png
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook, started_at
from firmware_py.settings.config import Config
from lab.results import record
from lab.results.terminal import show
from lab.shift import EVERY_S, shift
from lab.soak_report import Measure, draw, figures

ROOT: Final = Path(__file__).parents[1]
BLOCK_BYTES: Final = Config().tap.block_samples * 4
START: Final = datetime.datetime(2026, 3, 3, 8, 0)


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


if __name__ == "__main__":
    raise SystemExit(main())
