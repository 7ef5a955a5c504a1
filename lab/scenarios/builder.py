"""Renders one call of a scenario: two channels of sound, and what the phone system tells of it.

The line is that of a real call: while it is on, both channels carry room noise; before and after,
the caller's is digitally silent; on hold the agent's microphone is.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.types import AGENT, CALLER, RATE, PcmArray
from lab.scenarios import sounds
from lab.scenarios.reading import Line, Noise, Scenario, Twin, Who
from lab.scenarios.sounds import Sound
from lab.scenarios.voices import Synthetic, Voice

SPEECH_DB: Final = -28.0
"""dBFS at which both sides usually speak."""
CALLERS: Final = ("m3", "f2", "Mr_Serious")
SHOUT_DB: Final = 11.0
SHOUT_BRIGHT_DB: Final = 8.0
IDLE_S: Final = 1.0
"""Seconds before the call."""
LAST_S: Final = 1.0
"""Seconds from the last word to the end of the call."""
TAIL_S: Final = 3.0
"""Seconds after the call."""
CHANNEL: Final = {Who.AGENT: AGENT, Who.CALLER: CALLER}
_NOISE_DB: Final = {Noise.CHEWING: -9.0, Noise.TYPING: -15.0, Noise.RINGING: 2.0, Noise.MUSIC: -6.0}
"""dB against speech."""


@dataclass(frozen=True)
class Rendered:
    """A call that can be heard."""

    pcm: PcmArray
    told: tuple[tuple[float, CallSignal], ...]
    """What the phone system tells, and at which second."""


@dataclass
class _Timeline:
    """Lines placed one after the other."""

    rng: np.random.Generator
    voices: dict[Who, Voice]
    now: float = IDLE_S
    """Second at which the last line ends."""
    heard: list[tuple[int, float, Sound]] = field(default_factory=list)
    """Channel, second, sound."""
    life: list[tuple[float, CallAction]] = field(default_factory=list)

    def place(self, line: Line) -> None:
        """Put a line behind, or over, the one before."""
        start = max(0.0, self.now + line.pause)
        if line.call:
            self.life.append((start, line.call))
            self.now = start
            return
        sound = self.sound_of(line)
        self.heard.append((CHANNEL[line.who], start, sound))
        self.now = max(self.now, start + len(sound) / RATE)

    def sound_of(self, line: Line) -> Sound:
        """A line at its level."""
        if line.say:
            sound = self.voices[line.who](line)
            if line.slurred:
                sound = sounds.slurred(sound)
            if line.held:
                sound = sounds.held(sound, line.held)
            if line.glide:
                sound = sounds.gliding(sound, line.glide)
            if line.shout:
                sound = sounds.bright(sound, SHOUT_BRIGHT_DB)
            return sounds.at_level(sound, SPEECH_DB + line.db + (SHOUT_DB if line.shout else 0))
        assert line.noise
        sound = {
            Noise.CHEWING: lambda: sounds.chewing(line.seconds, self.rng),
            Noise.TYPING: lambda: sounds.typing(line.seconds, self.rng),
            Noise.RINGING: lambda: sounds.ringing(line.seconds),
            Noise.MUSIC: lambda: sounds.music(line.seconds, self.rng),
        }[line.noise]()
        return sounds.at_level(sound, SPEECH_DB + line.db + _NOISE_DB[line.noise])


def render(scenario: Scenario, twin: Twin, agent: Voice | None = None) -> Rendered:
    """Make one of a scenario's two calls audible, the same every time.

    Args:
        scenario: both calls.
        twin: which of them.
        agent: who speaks the agent's lines; None: the voice of espeak-ng that is the scenario's.
    """
    seed = _seed(scenario)
    caller = Synthetic(CALLERS[seed % len(CALLERS)])
    voices = {Who.AGENT: agent or Synthetic(voice_of(scenario)), Who.CALLER: caller}
    timeline = _Timeline(np.random.default_rng(seed), voices)
    lines = scenario.lines(twin)
    if not any(line.call is CallAction.START for line in lines):
        timeline.life.append((IDLE_S, CallAction.START))
    for line in lines:
        timeline.place(line)
    if timeline.life[-1][1] is not CallAction.END:
        timeline.life.append((timeline.now + LAST_S, CallAction.END))
    pcm = _mixed(timeline, scenario.room_db)
    told = tuple((at, CallSignal(action)) for at, action in timeline.life) if scenario.told else ()
    return Rendered(pcm, told)


def voice_of(scenario: Scenario) -> str:
    """espeak-ng voice of the agent."""
    return scenario.agent or sounds.HELD_OUT[_seed(scenario) % len(sounds.HELD_OUT)]


def _seed(scenario: Scenario) -> int:
    return zlib.crc32(scenario.id.encode())


def _mixed(timeline: _Timeline, room_db: float) -> PcmArray:
    samples = round((max(timeline.now, timeline.life[-1][0]) + TAIL_S) * RATE)
    sides = [sounds.room(samples, room_db, timeline.rng) for _ in CHANNEL]
    for channel, start, sound in timeline.heard:
        at = round(start * RATE)
        end = min(samples, at + len(sound))
        sides[channel][at:end] += sound[: end - at]
    _gate(sides, timeline.life)
    both = np.clip(np.stack(sides, axis=1) * 32768, -32768, 32767)
    return both.astype(np.int16)


def _gate(sides: list[Sound], life: Iterable[tuple[float, CallAction]]) -> None:
    """Silence the caller's channel outside the call, and the microphone on hold."""
    before, state = 0, CallAction.END
    for second, action in (*life, (len(sides[0]) / RATE, CallAction.END)):
        at = round(second * RATE)
        if state is CallAction.END:
            sides[CALLER][before:at] = 0
        elif state is CallAction.HOLD:
            sides[AGENT][before:at] = 0
        before, state = at, action
