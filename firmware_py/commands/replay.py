"""Hear recorded calls through the very chain of the device: left is the agent, right the caller.

With --swap it is the other way round. A mono recording is the agent alone. Without --at a call is
taken to begin now.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from firmware_py.audio.file import FileSource, SoundFileError
from firmware_py.commands import (
    complain,
    for_each,
    language_argument,
    profile_argument,
    settings_argument,
    settings_or_defaults,
    swap_argument,
)
from firmware_py.commands.heard import Heard, print_finding, print_summary, print_table
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.terminal import shown
from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Finding
from firmware_py.device.building import try_phone_model
from firmware_py.device.pipeline import Pipeline
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.reports.call_timeline import CallTimeline
from firmware_py.reports.picture import check, save
from firmware_py.reports.timeline_builder import TimelineBuilder
from firmware_py.rules import load_rulebook, started_at


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC or OGG")
    profile_argument(parser)
    parser.add_argument(
        "--at", metavar="HH:MM", help="local time at which the calls began (default: now)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line (docs/json.md)")
    parser.add_argument(
        "--plot",
        type=Path,
        metavar="PICTURE",
        help="draw each call too: a file that ends in .png, .svg or .html",
    )
    parser.add_argument("--realtime", action="store_true", help="no faster than it was spoken")
    swap_argument(parser)
    language_argument(parser)
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Hear every file and show what is to be said about it."""
    config = settings_or_defaults(args)
    if args.plot:
        check(args.plot)
    began = _moment(args.at)
    rulebook = load_rulebook(args.profile or config.rulebook)
    phone_model, problem = try_phone_model(lambda: load_phone_model(config.model))
    if problem:
        complain(DeskcueError(f"{problem}; going on without phrases"))
    pipeline = Pipeline(rulebook, phone_model, started_at(began), language=args.lang)
    call_timelines: list[CallTimeline] = []

    def hear(path: Path) -> None:
        show = print_finding if args.json else None
        builder = TimelineBuilder(pipeline.rulebook, args.lang) if args.plot else None
        source = FileSource(path, realtime=args.realtime, swap=args.swap)
        heard, broken = _hear(path, source, pipeline, show, builder)
        if broken and not heard.seconds:
            raise broken
        if args.json:
            print_summary(heard)
        else:
            print_table(heard, args.lang)
        if builder:
            call_timelines.append(builder.call_timeline(shown(path.name), began))
        if broken:
            raise broken

    code = for_each(args.files, hear)
    if call_timelines:
        for picture in save(call_timelines, args.plot, args.lang):
            print(f"drew {picture}", file=sys.stderr)
    return max(code, int(bool(problem)))


def _moment(at: str | None) -> datetime:
    """Today at ``HH:MM``, or now.

    Raises:
        UsageError: it reads otherwise.
    """
    now = datetime.now()
    if at is None:
        return now
    try:
        return datetime.combine(now.date(), datetime.strptime(at, "%H:%M").time())
    except ValueError:
        raise UsageError(f"--at reads {at!r}; write a time of day like 09:05") from None


def _hear(
    path: Path,
    source: FileSource,
    pipeline: Pipeline,
    show: Callable[[Path, Finding], None] | None,
    builder: TimelineBuilder | None,
) -> tuple[Heard, SoundFileError | None]:
    """Let the pipeline hear a file from the beginning, showing Findings as they come.

    Returns:
        What was heard, and why it ended before the file's end.
    """
    pipeline.reset()
    findings: list[Finding] = []
    broken: SoundFileError | None = None
    speaking = np.zeros(2, dtype=np.int64)
    begun = time.process_time()
    try:
        for block in source:
            result = pipeline.feed(block)
            findings += result.findings
            if result.features:
                speaking += result.features.speaking.sum(axis=0)
            if builder:
                builder.hear(result)
            if show:
                for finding in result.findings:
                    show(path, finding)
    except SoundFileError as error:
        broken = error
    finally:
        source.close()
    shares = speaking / max(1.0, pipeline.seconds * HOPS_PER_SECOND)
    heard = Heard(
        path,
        tuple(findings),
        pipeline.seconds,
        time.process_time() - begun,
        float(shares[AGENT]),
        float(shares[CALLER]),
    )
    return heard, broken
