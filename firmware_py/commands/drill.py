"""Practise a situation: say what the standard asks for, and learn at once what was missing.

Without SITUATION it lists what can be practised and asks. It listens to the headset like
`deskcue run`, or to a recording; an amber light means that something was missing. Scores stay on
this machine: no sound and no words are kept.
"""

import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain as joined
from pathlib import Path
from typing import Final

import numpy as np
from rich.prompt import Prompt

from firmware_py.audio.file import FileSource
from firmware_py.audio.tap import TapSource
from firmware_py.commands import (
    complain,
    language_argument,
    settings_argument,
    settings_or_defaults,
)
from firmware_py.core.clock import StreamTime
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.messages import message
from firmware_py.core.terminal import print_json
from firmware_py.core.types import RATE, Block, Cue, Finding
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill import Practice, Result, Score, Scores, Situation, situations
from firmware_py.drill.scores import USUAL, default_path
from firmware_py.drill.showing import Board, as_json
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.light.driver import LightDriver
from firmware_py.light.led import Led, NoLed, open_led
from firmware_py.light.pattern import AMBER
from firmware_py.light.scheduler import LightScheduler
from firmware_py.rules import load_rulebook, started_at
from firmware_py.rules.engine import OMISSION
from firmware_py.settings.config import Config
from firmware_py.settings.toml_document import near

LIT_S: Final = AMBER.rounds * AMBER.round_s
"""Seconds for which the light goes on after a round."""
_VOICE: Final = {"zh": "cmn-latn-pinyin", "en": "en"}
_TAIL_S: Final = 1
"""Seconds of silence after a recording: the model's last words come a little late."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("situation", nargs="?", metavar="SITUATION", help="what to practise")
    parser.add_argument("--file", type=Path, metavar="WAV", help="hear a recording instead")
    parser.add_argument("--speak", action="store_true", help="read the situation out (espeak-ng)")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")
    parser.add_argument(
        "--scores", type=Path, metavar="FILE", help=f"where scores are (default: {USUAL})"
    )
    language_argument(parser)
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Practise one round, or list what can be practised."""
    config, scores = settings_or_defaults(args), Scores(args.scores or default_path())
    board = Board(Console(quiet=bool(args.json and args.situation)), args.lang)
    name = args.situation or _ask(board, scores, args.lang)
    if not name:
        return 0
    situation = _find(name)
    practice = Practice(situation, _pipeline(config, situation))
    board.begin(situation)
    if args.speak:
        _speak(situation.prompt.in_language(args.lang), args.lang)
    if args.file:
        with closing(FileSource(args.file)) as recording:
            result = _listen(practice, joined(recording, _silence()), board)
    else:
        result = _listen_live(practice, config, board)
    board.end(situation, result)
    if args.json:
        print_json(as_json(situation, result))
    now = datetime.now().isoformat(timespec="seconds")
    scores.add(Score(now, situation.id, result.score, result.passed, result.pause_s))
    board.score(scores.of(situation.id))
    return 0


def _ask(board: Board, scores: Scores, language: str) -> str:
    """Show what can be practised and, where somebody sits, ask what shall be; empty: nothing."""
    board.list(situations().values(), scores)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    try:
        return Prompt.ask(message("drill.ask", language), default="", show_default=False).strip()
    except EOFError:  # Ctrl-D says what an empty line says
        return ""


def _find(name: str) -> Situation:
    known = situations()
    if name not in known:
        hint = near(name, known) or f"; there are: {', '.join(known)}"
        raise UsageError(f'there is no situation "{name}"{hint}')
    return known[name]


def _speak(text: str, language: str) -> None:
    if not shutil.which("espeak-ng"):
        raise DeskcueError("nothing here can speak: sudo apt-get install espeak-ng")
    subprocess.run(["espeak-ng", "-v", _VOICE[language], text], check=False, capture_output=True)


def _pipeline(config: Config, situation: Situation) -> Pipeline:
    rulebook, phone_model = load_rulebook(situation.rulebook), load_phone_model(config.model)
    return Pipeline(rulebook, phone_model, started_at(datetime.now()))


def _listen(
    practice: Practice, blocks: Iterable[Block], board: Board, light: Callable[[], object] = bool
) -> Result:
    """Hear a round; ``light`` is called whenever something is found missing."""
    board.listen()
    lit = False
    for block in blocks:
        for text in practice.feed(block):
            board.heard(text)
        if practice.too_soon and not lit:
            light()
            lit = True
        if practice.over:
            break
    result = practice.result()
    if not result.passed and not lit:
        light()
    return result


def _listen_live(practice: Practice, config: Config, board: Board) -> Result:
    now = StreamTime()
    with (
        closing(TapSource(config.tap)) as tap,
        closing(LightDriver(LightScheduler(), _led(config), now)) as light_driver,
    ):
        light_driver.start()
        result = _listen(practice, _alive(tap), board, lambda: light_driver.accept(_missing(now())))
        if not result.passed:
            time.sleep(LIT_S)
    return result


def _alive(tap: TapSource) -> Iterator[Block]:
    """Blocks of a tap that gives any.

    Raises:
        DeskcueError: it does not.
    """
    for block in tap:
        if tap.problem:
            raise DeskcueError(tap.problem)
        yield block


def _silence() -> Iterator[Block]:
    yield Block(0, np.zeros((_TAIL_S * RATE, 2), np.int16))


def _led(config: Config) -> Led:
    try:
        return open_led(config.light)
    except DeskcueError as error:
        complain(DeskcueError(f"{error}; practising without the light"))
        return NoLed()


def _missing(at: float) -> Finding:
    return Finding("drill", None, OMISSION, at, at, at, Cue.AMBER, 1.0)
