"""Shouting on acted speech: neutral to angry, each actor against the same actor's calm voice."""

import argparse
from collections import defaultdict
from copy import deepcopy
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.table import Table

from evaluation.hearing import frames
from evaluation.sounds import Recording, Sound, at_level, by_kind, load, room, table, to_pcm
from firmware_py.detectors.shouting import Shouting
from firmware_py.types import RATE, Frame

GAIN_DB = 12.0
"""The recordings are far softer than a headset at its usual setting; one gain for all of them."""
BASELINE = ("neutral-normal", "calm-normal")
MUST, MUST_NOT = ("angry-strong",), ("neutral-normal", "calm-normal", "calm-strong")


def measure(audio: Path, wanted: argparse.Namespace) -> Table:
    """Share of files in which shouting was heard, as recorded and all at one level."""
    result = Table(
        title="shouting: share of recordings flagged, actors "
        + ("05-08" if wanted.half else "01-04 (for tuning)")
    )
    for head in ("recordings", "number", "as recorded", "all levelled"):
        result.add_column(head, justify="left" if head == "recordings" else "right")
    flagged = _flagged(table(audio, "events.tsv"), wanted.half)
    for label, pairs in sorted(flagged.items(), key=lambda item: np.mean(item[1])):
        plain, levelled = np.mean(pairs, axis=0)
        goal = " (must)" if label in MUST else " (must not)" if label in MUST_NOT else ""
        result.add_row(label + goal, str(len(pairs)), f"{plain:.1%}", f"{levelled:.1%}")
    alarms, hours = _false_alarms(table(audio, "speech.tsv"), wanted.half)
    result.add_row("read sentences (must not)", f"{hours:.2f} h", f"{alarms / hours:.1f} an hour")
    return result


def _false_alarms(speech: list[Recording], half: int) -> tuple[int, float]:
    """Shouts heard in two calm readers' sentences, and the hours of them."""
    rng = np.random.default_rng(1)
    alarms, hours = 0, 0.0
    for who in ("s0150", "s0252"):
        sentences = by_kind(speech, "sentence", who)[half::2][:200]
        words = [at_level(load(one.path), -28 + rng.uniform(-3, 3)) for one in sentences]
        detector = Shouting()
        for frame in _frames(np.concatenate(words), rng):
            alarms += len([*detector.feed(frame)])
        hours += sum(map(len, words)) / RATE / 3_600
    return alarms, hours


def _flagged(events: list[Recording], half: int) -> dict[str, list[tuple[bool, bool]]]:
    flagged: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for actor in range(1 + 4 * half, 5 + 4 * half):
        mine = [one for one in by_kind(events, "effort") if one.who.endswith(f"actor{actor:02}")]
        known = [one for one in mine if one.who.startswith(BASELINE) and _repetition(one) == 1]
        both = [_heard(mine, known, levelled) for levelled in (False, True)]
        for label, plain, same in zip(*both[0], both[1][1], strict=True):
            flagged[label].append((plain, same))
    return flagged


def _repetition(one: Recording) -> int:
    return int(one.path.stem.split("-")[5])


def _heard(
    mine: list[Recording], known: list[Recording], levelled: bool
) -> tuple[list[str], list[bool]]:
    """Labels of an actor's other recordings, and whether each was heard as shouting."""
    rng = np.random.default_rng(0)
    usual = Shouting(gain_control=levelled)
    for frame in _frames(np.concatenate([_sound(one, levelled) for one in known]), rng):
        usual.feed(frame)
    rest = [one for one in mine if one not in known]
    heard = []
    for one in rest:
        detector = deepcopy(usual)
        heard.append(any([*detector.feed(frame)] for frame in _frames(_sound(one, levelled), rng)))
    return [one.who.split()[0] for one in rest], heard


def _sound(one: Recording, levelled: bool) -> Sound:
    sound = load(one.path)
    louder = at_level(sound, -26.0) if levelled else sound * 10 ** (GAIN_DB / 20)
    return np.clip(louder, -1, 1)


def _frames(sound: Sound, rng: np.random.Generator) -> list[Frame]:
    padded: npt.NDArray[np.float64] = np.pad(sound, (RATE, RATE))
    return list(frames(to_pcm(padded + room(len(padded), -62, rng), np.zeros(len(padded)))))
