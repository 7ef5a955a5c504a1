"""Shouting on acted speech: neutral to angry, each actor against the same actor's calm voice."""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import RATE, Features
from firmware_py.detectors.shouting import Shouting
from lab.evaluation.hearing import heard
from lab.evaluation.plot import Sweep
from lab.evaluation.sounds import (
    READERS,
    Recording,
    Sound,
    at_level,
    by_kind,
    load,
    room,
    table,
    to_pcm,
)
from lab.results import Result, at_least, at_most, share, slug

GAIN_DB = 12.0
"""The recordings are far softer than a headset at its usual setting; one gain for all of them."""
BASELINE = ("neutral-normal", "calm-normal")
MUST, MUST_NOT = ("angry-strong",), ("neutral-normal", "calm-normal", "calm-strong")
CALM = "neutral and calm"
QUESTION = "shouting"
TARGETS = {
    (CALM, False): at_most(1),
    (CALM, True): at_most(5),
    (MUST[0], False): at_least(95),
    (MUST[0], True): at_least(80),
}
"""By label, and whether all is levelled; %."""
MINUTE = 3
"""How often an actor's few calm sentences are heard before, to make about a minute."""
GRIDS = {False: np.arange(10.0, 31.0, 2.0), True: np.arange(4.0, 15.0, 1.0)}
"""Thresholds that are tried: dB of effort as recorded, dB of strain where all is levelled."""

Make = Callable[[float], Shouting]
Flags = dict[str, list[bool]]


@dataclass(frozen=True, slots=True)
class Actor:
    """One speaker's sentences, heard by the ear."""

    calm: Features
    rest: list[tuple[str, Features]]
    """Label and Frame of every other sentence."""


def measure(audio: Path, _: argparse.Namespace) -> Iterator[Result]:
    """Share of files in which shouting was heard; each actor judged as the seven others say."""
    for levelled in (False, True):
        yield from _figures(chosen(audio, levelled), "others' threshold", levelled)
        yield from _figures(shipped(audio, levelled), "as shipped", levelled)
    for gain_control in (False, True):
        made = partial(Shouting, gain_control=True) if gain_control else Shouting
        for name, alarms, hours in calm_talk(audio, made):
            yield _alarms_an_hour(name, alarms, hours, gain_control)


def _figures(seen: Flags, how: str, levelled: bool) -> Iterator[Result]:
    level = "levelled" if levelled else "as recorded"
    for name, some in _grouped(seen).items():
        yield share(
            f"shouting.{slug(name)}.{slug(how)}.{slug(level)}",
            QUESTION,
            f"Flagged: {name}",
            sum(some),
            len(some),
            "recordings",
            target=TARGETS.get((name, levelled)),
            conditions=f"{how}, {level}",
        )


def _grouped(seen: Flags) -> Flags:
    """By label; what must stay unflagged is one group."""
    calm = [flag for label in MUST_NOT for flag in seen.get(label, [])]
    rest = {label: some for label, some in seen.items() if label not in MUST_NOT}
    return {CALM: calm, **dict(sorted(rest.items()))}


def _alarms_an_hour(name: str, alarms: int, hours: float, gain_control: bool) -> Result:
    return Result(
        id=f"shouting.alarms.{slug(name)}" + (".gain_control" if gain_control else ""),
        question=QUESTION,
        title=f"Alarms at calm talk, {name}",
        value=alarms / hours,
        unit="FA/h",
        n=hours,
        of="h",
        conditions="gain control taken for granted" if gain_control else "as shipped",
    )


def sweep(audio: Path, _half: int, _most: int, _seed: int) -> Sweep:
    """What each threshold of effort would have flagged, all actors."""
    by_threshold = [
        _pooled([flags(a, _make(False)(x)) for a in actors(audio, False)]) for x in GRIDS[False]
    ]
    shares = {
        label: [float(np.mean(one[label])) for one in by_threshold]
        for label in sorted(by_threshold[0])
    }
    return Sweep(
        title="shouting: share of recordings flagged, as recorded, all 8 actors",
        across="over_db: dB that level, pitch and brightness rise by together",
        values=GRIDS[False].tolist(),
        lines={
            f"{label} ({'must' if label in MUST else 'left open'})": line
            for label, line in shares.items()
            if label not in MUST_NOT
        },
        wrong={f"{label} (must not)": shares[label] for label in MUST_NOT},
        chosen=Shouting().over_db,
    )


def chosen(audio: Path, levelled: bool) -> Flags:
    """Flags of every actor with the threshold that suits the seven others best."""
    everybody = actors(audio, levelled)
    make = _make(levelled)
    grid = GRIDS[levelled]
    table_of = [[flags(actor, make(x)) for x in grid] for actor in everybody]
    found = []
    for left_out, own in enumerate(table_of):
        others = [one for index, one in enumerate(table_of) if index != left_out]
        merits = [_merit(_pooled([one[i] for one in others])) for i in range(len(grid))]
        best = np.flatnonzero(np.array(merits) == max(merits))
        found.append(own[int(best[len(best) // 2])])
    return _pooled(found)


def shipped(audio: Path, levelled: bool) -> Flags:
    """Flags of every actor with the settings as they are."""
    return _pooled([flags(actor, Shouting()) for actor in actors(audio, levelled)])


def _make(levelled: bool) -> Make:
    if levelled:
        return lambda strain_db: Shouting(strain_db=strain_db)
    return lambda over_db: Shouting(over_db=over_db)


def _merit(seen: Flags) -> float:
    """Share of what must be flagged, less ten times the share of what must not."""
    must = np.mean([flag for label in MUST for flag in seen[label]])
    must_not = np.mean([flag for label in MUST_NOT for flag in seen[label]])
    return float(must - 10 * must_not)


def _pooled(several: Sequence[Flags]) -> Flags:
    pool: Flags = defaultdict(list)
    for one in several:
        for label, seen in one.items():
            pool[label] += seen
    return pool


def flags(actor: Actor, detector: Shouting) -> Flags:
    """Whether each sentence was heard as shouting, after a calm minute."""
    detector.feed(actor.calm)
    seen: Flags = defaultdict(list)
    for label, sentence in actor.rest:
        listener = deepcopy(detector)
        seen[label].append(any(o.name == "shouting" for o in listener.feed(sentence)))
    return seen


@cache
def actors(audio: Path, levelled: bool) -> tuple[Actor, ...]:
    """All actors, heard once."""
    events = by_kind(table(audio, "events.tsv"), "effort")
    names = sorted({one.who.split()[1] for one in events})
    return tuple(_actor([one for one in events if one.who.endswith(n)], levelled) for n in names)


def _actor(mine: list[Recording], levelled: bool) -> Actor:
    rng = np.random.default_rng(0)
    known = [one for one in mine if one.who.startswith(BASELINE) and _repetition(one) == 1]
    calm = np.concatenate([_sound(one, levelled) for one in known] * MINUTE)
    rest = [one for one in mine if one not in known]
    return Actor(
        _heard(calm, rng),
        [(one.who.split()[0], _heard(_sound(one, levelled), rng)) for one in rest],
    )


def _repetition(one: Recording) -> int:
    return int(one.path.stem.split("-")[5])


def _sound(one: Recording, levelled: bool) -> Sound:
    sound = load(one.path)
    louder = at_level(sound, -26.0) if levelled else sound * 10 ** (GAIN_DB / 20)
    return np.clip(louder, -1, 1)


def _heard(sound: Sound, rng: np.random.Generator) -> Features:
    padded: npt.NDArray[np.float64] = np.pad(sound, (RATE, RATE))
    return heard(to_pcm(padded + room(len(padded), -62, rng), np.zeros(len(padded))))


def calm_talk(audio: Path, make: Callable[[], Shouting]) -> list[tuple[str, int, float]]:
    """What calm talk is, shouts heard in it, and its hours."""
    return [
        (name, sum(_alarms(make(), one) for one in some), sum(one.hops for one in some) / 360_000)
        for name, some in _calm_talk(audio).items()
    ]


def _alarms(detector: Shouting, talk: Features) -> int:
    return sum(o.name == "shouting" for o in detector.feed(talk))


@cache
def _calm_talk(audio: Path) -> dict[str, list[Features]]:
    rng = np.random.default_rng(1)
    speech = table(audio, "speech.tsv")
    talks: dict[str, list[Features]] = defaultdict(list)
    for who in READERS:
        sentences = by_kind(speech, "sentence", who)
        words = [at_level(load(one.path), -28 + rng.uniform(-3, 3)) for one in sentences]
        talks["readers"].append(_heard(np.concatenate(words), rng))
    for one in by_kind(table(audio, "events.tsv"), "turns"):
        if one.path.stem == "call_agent":
            talks["a real call"].append(_heard(load(one.path), rng))
    return talks
