"""Hear recorded calls through the very chain of the device: left is the agent, right the caller.

A mono recording is the agent alone. Without --at a call is taken to begin now.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from firmware_py.app import Chain, try_spotter
from firmware_py.audio.file import FileSource
from firmware_py.commands import (
    complain,
    for_each,
    language_argument,
    profile_argument,
    settings,
    settings_argument,
)
from firmware_py.commands.heard import Heard, print_finding, print_summary, print_table
from firmware_py.errors import DeskcueError, UsageError
from firmware_py.hearing.spotter import load_spotter
from firmware_py.out.picture import check, save
from firmware_py.out.story import Story
from firmware_py.recorder import Recorder
from firmware_py.rules import load_rulebook, started_at
from firmware_py.types import AGENT, CALLER, HOPS_PER_SECOND, Finding


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
    language_argument(parser)
    settings_argument(parser)


def main(chosen: Namespace) -> int:
    """Hear every file and show what is to be said about it."""
    config = settings(chosen)
    if chosen.plot:
        check(chosen.plot)
    began = _moment(chosen.at)
    rulebook = load_rulebook(chosen.profile or config.rulebook)
    spotter, problem = try_spotter(lambda: load_spotter(config.model))
    if problem:
        complain(DeskcueError(f"{problem}; going on without phrases"))
    chain = Chain(rulebook, spotter, started_at(began), language=chosen.lang)
    stories: list[Story] = []

    def hear(path: Path) -> None:
        show = print_finding if chosen.json else None
        recorder = Recorder(chain.rulebook, chosen.lang) if chosen.plot else None
        heard = _hear(path, chain, chosen.realtime, show, recorder)
        if chosen.json:
            print_summary(heard)
        else:
            print_table(heard, chosen.lang)
        if recorder:
            stories.append(recorder.story(path.name, began))

    code = for_each(chosen.files, hear)
    if stories:
        for picture in save(stories, chosen.plot, chosen.lang):
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
    chain: Chain,
    realtime: bool,
    tell: Callable[[Path, Finding], None] | None,
    recorder: Recorder | None,
) -> Heard:
    """Let the chain hear a file from the beginning, telling Findings as they come."""
    chain.reset()
    source = FileSource(path, realtime=realtime)
    findings: list[Finding] = []
    begun = time.process_time()
    try:
        for block in source:
            found = chain.feed(block)
            findings += found
            if recorder:
                recorder.hear(chain.frame, chain.observed, found)
            if tell:
                for finding in found:
                    tell(path, finding)
    finally:
        source.close()
    shares = chain.speaking / max(1.0, chain.seconds * HOPS_PER_SECOND)
    return Heard(
        path,
        tuple(findings),
        chain.seconds,
        time.process_time() - begun,
        float(shares[AGENT]),
        float(shares[CALLER]),
    )
