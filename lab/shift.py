"""Sound of a shift: calls between two espeak-ng voices, over a room whose noise drifts."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, CALLER, RATE, PcmArray
from firmware_py.rules import load_rulebook
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

EVERY_S: Final = 600
"""Seconds of sound between two measurements."""


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
        gain = float(rng.choice([-32, -28, -15], p=[0.5, 0.48, 0.02]))
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
