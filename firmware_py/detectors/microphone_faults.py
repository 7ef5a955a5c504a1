"""Microphone: what is wrong with the agent's microphone, by name."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, FloatArray, Observation
from firmware_py.detectors.stretches import Stretches
from firmware_py.hearing.gate import Gate
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.microphone_stats import HIGHEST, HUM_COS, LOWEST, MEAN

_SECOND = HOPS_PER_SECOND
_WANTED = ("level", "speaking", "microphone")
_AT_CEILING = 0.985
"""Share of the highest peak from which a hop counts as being at the ceiling."""
_CEILING_HOPS = 12
"""Hops of speech out of 200 at one ceiling: unclipped speech has 4 at most, clipped 20 and more."""
_UNEQUAL_DB = 0.5
"""Standard deviation of their levels: equal peaks of equal hops are a tone, and not clipped."""
_LOUD = 0.05
"""Peak under which nothing clips, 1 is full scale."""
_CUT_DB = -45.0
"""dBFS from which a hop just before digital silence shows that sound was cut off; a gate closes
when the voice has faded."""
_CONTACT_S = 15
"""Seconds over which the signs of a loose contact are counted."""
_SPIKE, _SPIKE_DB = 0.4, 16.0
"""Peak of a crackle, 1 is full scale, and dB by which it stands out of its own 10 ms."""


@dataclass(slots=True)
class _Fault:
    """One kind of fault: for how long it has been seen, and not."""

    seen: int = 0
    """Seconds of evidence in a row for it."""
    gone: int = 0
    """Seconds of evidence in a row against it, while it is present."""
    start: int = 0
    present: bool = False
    next_at: int = 0


@dataclass(slots=True)
class _State:
    faults: dict[str, _Fault] = field(default_factory=dict)
    since: int | None = None
    """Hop at which the first of the faults now present began."""
    speech: FloatArray = field(default_factory=lambda: np.zeros((0, 3), dtype=np.float32))
    """Highest, -lowest and level of the last 200 hops of speech."""
    cuts: deque[int] = field(default_factory=lambda: deque(maxlen=_CONTACT_S))
    crackles: deque[int] = field(default_factory=lambda: deque(maxlen=_CONTACT_S))
    """How many there were in each of the last seconds."""
    last_level: float = SILENCE_DB
    gate: Gate = field(default_factory=Gate)
    alive: bool = False
    """Whether the microphone ever gave anything but zeros."""
    silent: int = 0
    """Seconds of digital silence, until now."""
    weak: int = 0
    """Seconds without any sound over ``weak_db``, until now."""
    spoke: int = 0
    """Hops that the caller has spoken since the microphone was last well."""


@dataclass(slots=True)
class MicrophoneFaults:
    """Hears ``fault.microphone.…`` and, when all is well again, ``microphone.ok``.

    - ``clipped``: the peaks of many hops of speech end at one ceiling, while their levels differ
      (cf. Eaton and Naylor 2013, who seek it in the histogram of amplitudes).
    - ``offset``: the mean of a second lies off zero (a fault of the converter or of its supply).
    - ``hum``: 50 Hz, found by a lock-in over each second (``hearing.microphone``).
    - ``silent``: digital silence since the stream began, or for long while the caller speaks.
    - ``weak``: no sound at all over ``weak_db`` for long while the caller speaks.
    - ``intermittent``: sound breaks off into digital silence again and again.
    - ``crackling``: spikes near full scale, again and again.

    Each is said when it has lasted, and every ``again_s`` while it does. ``Observation.value`` is
    the seconds for which it has been heard, or for ``microphone.ok`` those that it had lasted.

    Known weaknesses: clipping before a codec or a filter leaves no ceiling; hum of 60 Hz is not
    known; a gate that cuts into loud speech passes for a loose contact; a muted microphone is one
    that is on hold, and is named only if the caller goes on speaking for ``deaf_s``.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "fault.microphone",
        "microphone.ok",
    )

    offset: float = 0.02
    """Mean of a second from which the input is shifted, 1 is full scale."""
    hum: float = 0.01
    """Amplitude of 50 Hz from which it is a fault, 1 is full scale."""
    lasting_s: float = 3.0
    """Seconds for which clipping, offset or hum must last."""
    often: int = 4
    """Cuts, or twice as many crackles, within 15 s that make a loose contact."""
    silent_s: float = 10.0
    """Seconds of digital silence since the stream began that are a fault."""
    deaf_s: float = 60.0
    """Seconds without sound in the midst of a call that are a fault if the caller speaks in a third
    of them."""
    gated_s: float = 300.0
    """The same of a microphone that is digitally silent whenever nobody speaks."""
    weak_db: float = -75.0
    """dBFS that any room reaches through a microphone that works."""
    well_s: float = 30.0
    """Seconds without a fault until all is well again."""
    again_s: float = 60.0
    """Seconds after which a fault that lasts is said again."""
    _stretches: Stretches = field(
        init=False, repr=False, default_factory=lambda: Stretches(_SECOND, _WANTED)
    )
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the microphone."""
        self._stretches.reset()
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        return [seen for second in self._stretches.feed(features) for seen in self._second(second)]

    def _second(self, features: Features) -> Iterator[Observation]:
        now = features.start + features.hops
        for name, (evidence, least) in self._evidence(features).items():
            fault = self._state.faults.setdefault(name, _Fault())
            yield from self._follow(name, fault, evidence, max(1, round(least)), now)
        yield from self._well(now)

    def _evidence(self, features: Features) -> dict[str, tuple[bool | None, float]]:
        """For each fault: whether this second shows it (None: shows nothing), and for how many."""
        state, stats = self._state, features.microphone
        clipped = self._clipped(features)
        offset = abs(float(stats[:, MEAN].mean()))
        hum = float(np.hypot(*stats[:, HUM_COS:].mean(axis=0)))
        silent, weak = self._nothing(features)
        state.cuts.append(self._cuts(features))
        state.crackles.append(_crackles(features))
        return {
            "clipped": (clipped, self.lasting_s - 1),
            "offset": (offset >= self.offset and not clipped, self.lasting_s),
            "hum": (None if clipped else hum >= self.hum, self.lasting_s),
            "silent": (silent, 1),
            "weak": (weak, 1),
            "intermittent": (sum(state.cuts) >= self.often, 1),
            "crackling": (None if clipped else sum(state.crackles) >= 2 * self.often, 1),
        }

    def _clipped(self, features: Features) -> bool | None:
        state, speaks = self._state, features.speaking[:, AGENT]
        if not speaks.any():
            return None
        stats = features.microphone[speaks]
        rows = np.stack(
            [stats[:, HIGHEST], -stats[:, LOWEST], features.level[speaks, AGENT]], axis=1
        )
        state.speech = np.concatenate([state.speech, rows])[-2 * _SECOND :]
        if len(state.speech) < 2 * _SECOND:
            return None
        return any(_at_ceiling(state.speech[:, side], state.speech[:, 2]) for side in (0, 1))

    def _nothing(self, features: Features) -> tuple[bool, bool]:
        """Whether the microphone has been dead, or as good as dead, for too long."""
        state, level = self._state, features.level[:, AGENT]
        for heard in zip(level.tolist(), features.speaking[:, AGENT].tolist(), strict=True):
            state.gate.hear(*heard)
        state.silent = state.silent + 1 if level.max() <= SILENCE_DB else 0
        state.weak = state.weak + 1 if level.max() <= self.weak_db else 0
        state.alive |= not state.silent
        state.spoke = state.spoke + int(features.speaking[:, CALLER].sum()) if state.weak else 0
        deaf_s = self.gated_s if state.gate.gated else self.deaf_s
        silent_long = state.spoke >= deaf_s / 3 * _SECOND
        silent = state.silent >= (deaf_s if state.alive else self.silent_s)
        return (
            silent and (silent_long or not state.alive),
            silent_long and state.weak >= deaf_s and not state.silent,
        )

    def _cuts(self, features: Features) -> int:
        """How often loud sound broke off into digital silence."""
        level = features.level[:, AGENT]
        before = np.append(np.float32(self._state.last_level), level[:-1])
        self._state.last_level = float(level[-1])
        return int(((level <= SILENCE_DB) & (before > _CUT_DB)).sum())

    def _follow(
        self, name: str, fault: _Fault, evidence: bool | None, least: int, now: int
    ) -> Iterator[Observation]:
        if evidence:
            if not fault.seen and not fault.present:
                fault.start = now - _SECOND
            fault.seen, fault.gone = fault.seen + 1, 0
            if fault.seen >= least and now >= fault.next_at:
                fault.present, fault.next_at = True, now + round(self.again_s * _SECOND)
                self._state.since = min(fault.start, self._state.since or fault.start)
                yield _say(f"fault.microphone.{name}", fault.start, now)
        elif evidence is False:
            fault.seen, fault.gone = 0, fault.gone + 1

    def _well(self, now: int) -> Iterator[Observation]:
        present = [fault for fault in self._state.faults.values() if fault.present]
        for fault in present:
            if fault.gone >= self.well_s:
                fault.present, fault.next_at = False, 0
        if present and not any(fault.present for fault in present):
            since, self._state.since = self._state.since or 0, None
            yield _say("microphone.ok", since, now)


def _at_ceiling(peaks: FloatArray, levels: FloatArray) -> bool:
    """Whether the peaks of many hops of speech end at one height."""
    top = float(peaks.max())
    there = peaks >= _AT_CEILING * top
    return (
        top >= _LOUD
        and int(there.sum()) >= _CEILING_HOPS
        and float(levels[there].std()) >= _UNEQUAL_DB
    )


def _crackles(features: Features) -> int:
    """Hops with a spike near full scale."""
    highest, lowest, mean = (features.microphone[:, column] for column in (HIGHEST, LOWEST, MEAN))
    peak = np.maximum(highest - mean, mean - lowest)
    out_db = 20 * np.log10(np.maximum(peak, 1e-6)) - features.level[:, AGENT]
    return int(((peak >= _SPIKE) & (out_db >= _SPIKE_DB)).sum())


def _say(name: str, start: int, now: int) -> Observation:
    return Observation(
        name=name,
        start=start / HOPS_PER_SECOND,
        end=now / HOPS_PER_SECOND,
        at=now / HOPS_PER_SECOND,
        score=1.0,
        value=(now - start) / HOPS_PER_SECOND,
    )
