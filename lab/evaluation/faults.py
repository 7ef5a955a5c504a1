"""Faults of the microphone: damaged copies of real recordings, made in memory, and whole ones."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from firmware_py.core.types import RATE
from firmware_py.detectors.microphone_faults import MicrophoneFaults
from lab.evaluation.calls import voices
from lab.evaluation.chewing import typing
from lab.evaluation.hearing import listen
from lab.evaluation.sounds import Recording, Sound, at_level, by_kind, load, room, talk, to_pcm
from lab.evaluation.sounds import table as recordings
from lab.results import Result, at_least, at_most, share, slug

PIECE_S = 90.0
"""Seconds of a piece; a dead microphone is to be named after a minute."""
LEVEL_DB = -26.0
QUESTION = "microphone"
FAULT = "fault.microphone."

Damage = Callable[[Sound, np.random.Generator], Sound]


@dataclass(slots=True)
class _Tally:
    """What was told of all pieces with one kind of damage."""

    pieces: int = 0
    seconds: float = 0.0
    right: int = 0
    """Pieces in which it was named."""
    after: list[float] = field(default_factory=list)
    """Seconds until then."""
    well: int = 0
    """How often it was said to be well again while it was not."""
    others: Counter[str] = field(default_factory=Counter)
    """What else was named, by piece."""

    def hear(self, kind: str, pcm_s: float, told: list[tuple[str, float]]) -> None:
        self.pieces, self.seconds = self.pieces + 1, self.seconds + pcm_s
        times = [at for name, at in told if name == FAULT + kind]
        self.right += bool(times)
        self.after += times[:1]
        self.well += sum(name == "microphone.ok" for name, _ in told)
        self.others.update({name[len(FAULT) :] for name, _ in told if name.startswith(FAULT)})
        del self.others[kind]


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """Damage by damage: whether it was named, by its name, and not called well again."""
    rng = np.random.default_rng(wanted.seed)
    pieces = [*_talks(audio, wanted.half, rng)]
    for name, (kind, damage) in DAMAGES.items():
        tally = _Tally()
        for piece in pieces:
            _listen(tally, kind, damage(piece, rng), rng)
        yield _named(name, tally)
    for name, sound in _whole(audio, wanted.half, pieces):
        tally = _Tally()
        _listen(tally, "", sound, rng)
        yield _named_of_whole(name, tally)


def _listen(tally: _Tally, kind: str, agent: Sound, rng: np.random.Generator) -> None:
    """Let the device hear a piece while the caller, too, speaks two thirds of the time."""
    beat = np.arange(len(agent)) // RATE % 3 < 2
    caller = 0.05 * rng.standard_normal(len(agent)) * beat + room(len(agent), -60, rng)
    seen = listen(MicrophoneFaults(), to_pcm(agent, caller), False)
    tally.hear(kind, len(agent) / RATE, [(one.name, one.at) for one in seen])


def _named(name: str, tally: _Tally) -> Result:
    after = f"after {np.median(tally.after):.0f} s (median)" if tally.after else ""
    well = f"said to be well meanwhile: {tally.well} times" if tally.well else ""
    return share(
        f"microphone.{slug(name)}.named",
        QUESTION,
        "Fault named",
        tally.right,
        tally.pieces,
        "pieces",
        target=at_least(100),
        conditions=name,
        remarks="; ".join(filter(None, (after, well, _others(tally)))),
    )


def _named_of_whole(name: str, tally: _Tally) -> Result:
    return Result(
        id=f"microphone.whole.{slug(name)}",
        question=QUESTION,
        title="Faults named of whole recordings",
        value=tally.others.total(),
        n=tally.seconds / 60,
        of="min",
        target=at_most(0),
        conditions=name,
        remarks=_others(tally),
    )


def _others(tally: _Tally) -> str:
    names = ", ".join(f"{what} {times}" for what, times in tally.others.items())
    return f"wrongly named: {names}" if names else ""


def _talks(audio: Path, half: int, rng: np.random.Generator) -> Iterator[Sound]:
    """Pieces of two readers with pauses for listening, and of a real call, in rooms."""
    for side in voices(audio, half).sides:
        for _ in range(3):
            words = at_level(talk(side, PIECE_S, rng)[: round(PIECE_S * RATE)], LEVEL_DB)
            listens = np.arange(len(words)) // RATE % 12 >= 8
            yield words * ~listens + room(len(words), rng.uniform(-65, -50), rng)
    for one in by_kind(recordings(audio, "events.tsv"), "turns"):
        if one.path.stem == "call_agent":
            sound = load(one.path)
            size = round(PIECE_S * RATE)
            yield from (sound[at : at + size] for at in range(0, 2 * size, size))


def _whole(audio: Path, half: int, pieces: list[Sound]) -> Iterator[tuple[str, Sound]]:
    """What is loud, odd or uneven, and no fault."""
    events = recordings(audio, "events.tsv")
    yield "talk", np.concatenate(pieces)
    effort = by_kind(events, "effort", "angry-strong")[half::2]
    loudest = max(float(np.abs(load(one.path)).max()) for one in effort)
    yield "shouting", _joined(effort) * (0.99 / loudest)
    yield "chewing", at_level(_joined(by_kind(events, "eating", "chew")[half::2]), -25)
    yield "typing", at_level(_joined(typing(events, half)), -28)
    coughs = [one for one in by_kind(events, "not_eating") if one.who != "typing"]
    yield "coughs, sniffs, doors", np.tile(_joined(coughs), 4)


def _joined(recordings: list[Recording]) -> Sound:
    return np.concatenate([load(one.path) for one in recordings])


def _clipped(ceiling_db: float) -> Damage:
    """Cut at so many dB under the highest peak, as a preamplifier that is turned up does."""

    def damage(sound: Sound, rng: np.random.Generator) -> Sound:
        ceiling = np.abs(sound).max() * 10 ** (-ceiling_db / 20)
        return np.asarray(np.clip(sound, -ceiling, ceiling) * (rng.uniform(0.3, 1.0) / ceiling))

    return damage


def _shifted(offset: float) -> Damage:
    return lambda sound, rng: sound + offset * rng.choice([-1, 1])


def _hummed(amplitude: float) -> Damage:
    """Mains of a frequency that is a little off, with the harmonics of a ground loop."""

    def damage(sound: Sound, rng: np.random.Generator) -> Sound:
        turns = 50 * rng.uniform(0.998, 1.002) * np.arange(len(sound)) / RATE
        parts = [np.sin(2 * np.pi * order * turns) / order**2 for order in (1, 2, 3)]
        return np.asarray(sound + amplitude * np.sum(parts, axis=0))

    return damage


def _cut(a_minute: float) -> Damage:
    """A plug that loses contact for 20 to 200 ms, so often a minute."""

    def damage(sound: Sound, rng: np.random.Generator) -> Sound:
        cut = sound.copy()
        for at in rng.integers(0, len(sound), round(a_minute * len(sound) / RATE / 60)):
            cut[at : at + round(rng.uniform(0.02, 0.2) * RATE)] = 0
        return cut

    return damage


def _crackled(a_minute: float) -> Damage:
    """Spikes of a few samples, near full scale, so often a minute."""

    def damage(sound: Sound, rng: np.random.Generator) -> Sound:
        spiked = sound.copy()
        for at in rng.integers(0, len(sound) - 8, round(a_minute * len(sound) / RATE / 60)):
            spiked[at : at + 3] = rng.uniform(0.6, 1.0) * rng.choice([-1, 1])
        return spiked

    return damage


def _dead(sound: Sound, _rng: np.random.Generator) -> Sound:
    return np.zeros(len(sound))


def _dies(sound: Sound, _rng: np.random.Generator) -> Sound:
    """Digitally silent from the tenth second on."""
    return np.asarray(sound * (np.arange(len(sound)) < 10 * RATE))


def _half_dead(db: float) -> Damage:
    """A broken capsule: so many dB are lost."""
    return lambda sound, _rng: sound * 10 ** (-db / 20)


DAMAGES: dict[str, tuple[str, Damage]] = {
    "clipped 3 dB under the peak": ("clipped", _clipped(3)),
    "clipped 6 dB under the peak": ("clipped", _clipped(6)),
    "clipped 15 dB under the peak": ("clipped", _clipped(15)),
    "offset of 0.03": ("offset", _shifted(0.03)),
    "offset of 0.2": ("offset", _shifted(0.2)),
    "hum of 0.015": ("hum", _hummed(0.015)),
    "hum of 0.1": ("hum", _hummed(0.1)),
    "loose contact, 30 a minute": ("intermittent", _cut(30)),
    "loose contact, 90 a minute": ("intermittent", _cut(90)),
    "crackles, 60 a minute": ("crackling", _crackled(60)),
    "crackles, 200 a minute": ("crackling", _crackled(200)),
    "digitally silent": ("silent", _dead),
    "digitally silent after 10 s": ("silent", _dies),
    "50 dB lost": ("weak", _half_dead(50)),
    "65 dB lost": ("weak", _half_dead(65)),
}
"""Name of a damage -> name of the fault, and what does it."""
