"""Shouting: the agent's voice against how the same agent usually speaks."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import ClassVar

import numpy as np

from firmware_py.core.types import AGENT, HOPS_PER_SECOND, Features, Observation
from firmware_py.detectors.effort import Voice, clear_hops, voice_of
from firmware_py.detectors.gain import GainControl
from firmware_py.detectors.stretches import Stretches

_STRETCH = 20
"""Hops that are judged at once."""
_WANTED = ("level", "floor", "speaking", "mel", "pitch")
_SMOOTH_HOPS = 45
_PAUSE = 60
"""Hops without clear speech that end an utterance."""
_CALM_AGAIN = 2 * HOPS_PER_SECOND
"""Hops without clear speech after which a shout is over."""
_BASELINE_HOPS = 60 * HOPS_PER_SECOND
_UNRAISED = 0.9
"""Share of the thresholds up to which a voice is learnt from."""
_WRONG_HOPS = 4 * HOPS_PER_SECOND
"""What a baseline counts for that lies far over the voice: it was learnt from a raised one."""


@dataclass(slots=True)
class _State:
    heard: int = 0
    """Clear hops that the baseline was learnt from."""
    usual: Voice = field(default_factory=Voice)
    now: Voice = field(default_factory=Voice)
    """The voice over the last 450 ms of speech."""
    raised: int = 0
    """Clear hops with a raised voice, less those without."""
    start: int = 0
    next_at: int = 0
    still: int = 0
    """Hops without clear speech, until now."""
    gain: GainControl = field(default_factory=GainControl)
    told_gain: bool = False


@dataclass(slots=True)
class Shouting:
    """Hears ``shouting``: an effort of voice well over the agent's own usual one.

    Three things grow with effort and are measured against a running mean over the agent's own
    speech, learnt in the first minute, that never learns from a raised voice: the level, the pitch
    (Traunmueller and Eriksson 2000) and the brightness, as alpha ratio (power of 1-5 kHz over
    50-1000 Hz; Nordenberg and Sundberg 2004). A voice is raised when the rises add up to
    ``over_db``, a semitone counting as a dB, and ``louder_db`` of them are level: who only speaks
    with more life is not raised. Pitch and brightness, the strain, remain where a microphone
    levels the voice. Once that has been heard, ``strain_db`` of strain alone do;
    ``microphone.levelled`` says so. ``Observation.value`` is the sum of the
    three rises (dB), or for ``microphone.levelled`` the spread of the levels of utterances (dB).

    Known weaknesses: says nothing before ``learn_s`` of speech; who shouts from the first word on
    is taken for loud by nature until he calms down; great joy sounds like anger; noise less than
    12 dB under the voice hides it; a very even speaker looks like a levelled one.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "microphone.levelled",
        "shouting",
    )

    over_db: float = 18.0
    """dB that level, pitch (in semitones) and brightness must rise by together."""
    louder_db: float = 8.0
    """dB of them that must be level."""
    strain_db: float = 8.0
    """dB (and semitones) of brightness and pitch that do without level behind gain control."""
    gain_control: bool = False
    """Whether it is known that the microphone levels the voice."""
    lasting_s: float = 0.5
    """Seconds of clear speech for which the voice must stay raised."""
    learn_s: float = 4.0
    """Seconds of clear speech before anything is said."""
    again_s: float = 5.0
    """Seconds after which a shout that goes on is said again."""
    _stretches: Stretches = field(
        init=False, repr=False, default_factory=lambda: Stretches(_STRETCH, _WANTED)
    )
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the agent."""
        self._stretches.reset()
        self._state = _State()

    def snapshot(self) -> dict[str, float]:
        """The agent's usual voice in numbers, to be kept until the device starts again."""
        return {"heard": self._state.heard, **asdict(self._state.usual)}

    def restore(self, numbers: Mapping[str, float]) -> None:
        """Go on with the usual voice of an earlier ``snapshot``; another's numbers are left."""
        if {"heard", *(one.name for one in fields(Voice))} <= numbers.keys():
            self._state.heard = int(numbers["heard"])
            usual = Voice(**{one.name: float(numbers[one.name]) for one in fields(Voice)})
            self._state.usual = self._state.now = usual

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        return [
            seen for stretch in self._stretches.feed(features) for seen in self._stretch(stretch)
        ]

    def _stretch(self, features: Features) -> Iterator[Observation]:
        clear = clear_hops(features)
        hops = int(np.count_nonzero(clear))
        self._state.still = 0 if hops else self._state.still + _STRETCH
        if not hops:
            yield from self._pause(features.start)
            return
        level = features.level[clear, AGENT]
        voice = voice_of(level, features.pitch[clear], features.mel[clear])
        self._state.gain.hear(level)
        rise = self._learn(voice, hops)
        if self._state.heard >= self.learn_s * HOPS_PER_SECOND:
            yield from self._judge(rise, hops, features.start)

    def _pause(self, hop: int) -> Iterator[Observation]:
        state = self._state
        if state.still >= _PAUSE:
            state.gain.pause()
        if state.still >= _CALM_AGAIN:
            state.raised = 0
        if state.gain.present and not state.told_gain:
            state.told_gain = True
            yield self._say("microphone.levelled", hop, hop + _STRETCH, state.gain.spread)

    def _learn(self, voice: Voice, hops: int) -> Voice:
        """Take clear speech into the present and, unless it is raised, into the usual voice."""
        state = self._state
        smooth = min(1.0, hops / min(_SMOOTH_HOPS, state.heard + hops))
        state.now = state.now.towards(voice, smooth)
        rise = state.now.over(state.usual)
        learning = state.heard < self.learn_s * HOPS_PER_SECOND
        effort = rise.level + rise.strain
        if learning or (
            effort < _UNRAISED * self.over_db and rise.strain < _UNRAISED * self.strain_db
        ):
            most = _WRONG_HOPS if effort < -self.over_db / 2 else _BASELINE_HOPS
            state.heard = min(most, state.heard + hops)
            state.usual = state.usual.towards(voice, hops / state.heard)
        return rise

    def _judge(self, rise: Voice, hops: int, hop: int) -> Iterator[Observation]:
        state = self._state
        raised = self._is_raised(rise)
        least = round(self.lasting_s * HOPS_PER_SECOND)
        if state.raised == 0:
            state.start = hop
        state.raised = min(2 * least, max(0, state.raised + (hops if raised else -hops)))
        if raised and state.raised >= least and hop >= state.next_at:
            state.next_at = hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say("shouting", state.start, hop + _STRETCH, rise.level + rise.strain)

    def _is_raised(self, rise: Voice) -> bool:
        if rise.level >= self.louder_db and rise.level + rise.strain >= self.over_db:
            return True
        levelled = self.gain_control or self._state.gain.present is True
        return levelled and rise.strain >= self.strain_db

    def _say(self, name: str, start: int, end: int, value: float) -> Observation:
        sure = value / (1.5 * self.over_db) if name == "shouting" else 1.0
        return Observation(
            name=name,
            start=start / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=end / HOPS_PER_SECOND,
            score=min(1.0, max(0.0, sure)),
            value=value,
        )
