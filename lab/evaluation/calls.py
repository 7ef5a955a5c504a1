"""Two-sided calls with known truth, made from single sentences, the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import AGENT, CALLER, RATE
from lab.evaluation.sounds import (
    READERS,
    Recording,
    Sound,
    at_level,
    by_kind,
    lay,
    load,
    room,
    table,
    to_pcm,
    trim,
)

BACKCHANNELS = frozenset("嗯 对 好 是 哦 行 是的 明白 可以".split())
SYLLABLES = frozenset("dui4 hao3 shi4 en o".split())


@dataclass(frozen=True, slots=True)
class Voices:
    """What calls are made of: each side's sentences, trimmed, and everybody's backchannels."""

    sides: tuple[list[Sound], list[Sound]]
    backchannels: list[Sound]


def voices(audio: Path, half: int) -> Voices:
    """Load one half (0: for choosing settings, 1: for reporting) of the sentences."""
    speech = table(audio, "speech.tsv")
    sides = tuple(
        [trim(load(one.path)) for one in by_kind(speech, "sentence", who)[half::2][:200]]
        for who in READERS
    )
    short = [one for one in speech if _is_backchannel(one)]
    return Voices((sides[0], sides[1]), [trim(load(one.path)) for one in short[half::2]])


def _is_backchannel(one: Recording) -> bool:
    if one.kind == "syllable":
        return one.text in SYLLABLES and one.who != "pd"
    return one.kind == "word" and one.text in BACKCHANNELS


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a call sounds."""

    snr_db: float
    difference_db: float
    """The caller's level over the agent's."""
    echo_db: float
    """The caller in the agent's microphone, against the caller's own channel."""
    neighbour_db: float
    """The next desk in the agent's microphone, against the agent."""


@dataclass(slots=True)
class Call:
    """A call in the making: who says what when, and what should be heard."""

    sides: tuple[int, int]
    """Which of the voices is the agent, which the caller."""
    said: list[tuple[int, float, Sound, float]] = field(default_factory=list)
    """Side, second, sound, dB against the side's level."""
    truth: list[tuple[str, float]] = field(default_factory=list)
    """Name and second of its onset."""
    now: float = 1.5
    """Second at which the last one fell silent."""

    def say(self, side: int, at: float, sound: Sound, db: float = 0.0) -> float:
        """Put words into a side's mouth; return the second where they end."""
        self.said.append((side, at, sound, db))
        end = at + len(sound) / RATE
        self.now = max(self.now, end)
        return end


@dataclass(slots=True)
class Maker:
    """Makes calls of scenes."""

    voices: Voices
    rng: np.random.Generator

    def conditions(self) -> Conditions:
        """Draw from the range that the detectors must stand."""
        return Conditions(
            snr_db=self.rng.uniform(5, 30),
            difference_db=self.rng.uniform(-12, 12),
            echo_db=-20.0 - 10 * self.rng.integers(0, 3),
            neighbour_db=-20.0,
        )

    def call(self, scenes: list[str]) -> Call:
        """Make a call in which the scenes follow one another, a plain turn first."""
        agent = int(self.rng.integers(0, 2))
        call = Call((agent, 1 - agent))
        every: dict[str, Callable[[Call], None]] = {
            "turns": self._turns,
            "interruption.agent": lambda call: self._into(call, AGENT),
            "interruption.caller": lambda call: self._into(call, CALLER),
            "backchannel": self._backchannel,
            "collision": self._collision,
        }
        for scene in ["turns", *scenes]:
            every[scene](call)
        return call

    def _sentence(self, call: Call, side: int, least_s: float = 0.0) -> Sound:
        mine = self.voices.sides[call.sides[side]]
        while True:
            sound = mine[self.rng.integers(len(mine))]
            if len(sound) >= least_s * RATE:
                return sound

    def _pause(self) -> float:
        return float(self.rng.uniform(0.5, 1.5))

    def _turns(self, call: Call) -> None:
        """Turns with short gaps and with overlaps of up to 300 ms, as people do."""
        for side in (AGENT, CALLER, AGENT):
            gap = self.rng.choice([self.rng.uniform(0.1, 1.0), -self.rng.uniform(0, 0.3)])
            call.say(side, call.now + float(gap), self._sentence(call, side))

    def _into(self, call: Call, who: int) -> None:
        start = call.now + self._pause()
        long = self._sentence(call, 1 - who, 3.0)
        end = call.say(1 - who, start, long)
        onset = float(self.rng.uniform(start + 1.3, end - 1.2))
        call.say(who, onset, self._sentence(call, who, 1.8))
        call.truth.append(("interruption.agent" if who == AGENT else "interruption.caller", onset))

    def _backchannel(self, call: Call) -> None:
        start = call.now + self._pause()
        end = call.say(CALLER, start, self._sentence(call, CALLER, 3.0))
        short = self.voices.backchannels
        sound = short[self.rng.integers(len(short))]
        onset = float(self.rng.uniform(start + 1.2, max(start + 1.3, end - 1.5)))
        call.say(AGENT, onset, sound, float(self.rng.uniform(-6, 0)))
        call.truth.append(("backchannel", onset))

    def _collision(self, call: Call) -> None:
        start = call.now + self._pause() + 0.5
        later = float(self.rng.uniform(0, 0.2))
        first = int(self.rng.integers(0, 2))
        call.say(first, start, self._sentence(call, first, 1.5))
        call.say(1 - first, start + later, self._sentence(call, 1 - first, 1.5))
        call.truth.append(("collision", start + later))

    def sound(self, call: Call, how: Conditions) -> npt.NDArray[np.int16]:
        """Mix the call as the two channels of the tap carry it."""
        samples = round((call.now + 2.0) * RATE)
        level = -28.0 - how.difference_db / 2, -28.0 + how.difference_db / 2
        sides = [room(samples, db - how.snr_db, self.rng) for db in level]
        dry = np.zeros(samples)
        for side, at, words, db in call.said:
            spoken = at_level(words, level[side] + db)
            lay(spoken, sides[side], round(at * RATE))
            if side == CALLER:
                lay(spoken, dry, round((at + 0.04) * RATE))
        sides[AGENT] += dry * 10 ** (how.echo_db / 20)
        self._neighbour(sides[AGENT], level[AGENT] + how.neighbour_db)
        return to_pcm(sides[AGENT], sides[CALLER])

    def _neighbour(self, onto: Sound, db: float) -> None:
        everybody = self.voices.sides[0] + self.voices.sides[1]
        at = float(self.rng.uniform(0, 2))
        while at * RATE < len(onto):
            words = everybody[self.rng.integers(len(everybody))]
            lay(at_level(words, db), onto, round(at * RATE))
            at += len(words) / RATE + float(self.rng.uniform(0.3, 3))
