"""The life of a call, made of what is signalled and what is inferred from the sound."""

from collections.abc import Iterable
from typing import Final

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.findings import Observation

SAME_CALL_S: Final = 10.0
"""A start that is signalled within so many seconds of another start is the same call."""
_KNOWN_S: Final = 2.0
"""Seconds in which it shows that a line plays."""
LINE_WAITING: Final = "line.waiting"
"""Observation that the caller's line rings or plays, and nobody is there yet."""
LINE_IDLE: Final = "line.idle"
"""Observation that the caller's line has been silent since the stream began."""
_MIDST_S: Final = 1.0
"""Seconds: a call that is on by then was on before the stream began."""


class CallLife:
    """Makes one believable life of a call from what is signalled and what is inferred.

    What cannot be (an end without a call, a second hold) is passed over; a start that is
    signalled during a call ends that call first.
    """

    def __init__(self, *, live: bool = False) -> None:
        """Begin between two calls.

        Args:
            live: Whether the stream is that of a device at work: it may have been started in
                the midst of a call, so one that is on from the first second has no start. A
                recording starts with its call.
        """
        self._live = live
        self.reset()

    def reset(self) -> None:
        """Forget the call, and that anything was signalled."""
        self._state: CallAction = CallAction.END
        self._started = float("-inf")
        self._signalled = False
        self._midst = False

    def infer(self, observations: Iterable[Observation]) -> list[Observation]:
        """Pass Observations on, leaving out ``call.…`` that cannot be or was signalled."""
        passed: list[Observation] = []
        for observation in observations:
            if observation.name in (LINE_IDLE, LINE_WAITING):
                passed += [observation] if self._may_wait(observation) else []
            elif not observation.name.startswith("call."):
                passed.append(observation)
            elif not self._signalled:
                action = CallAction(observation.name.removeprefix("call."))
                if action is not CallAction.START or self._state is CallAction.END:
                    passed += self._step(action, observation)
        return passed

    def _may_wait(self, waiting: Observation) -> bool:
        """Whether no call can be on: what rings or plays within one is no news.

        A recording that holds the agent alone is one of a call, too.
        """
        on = self._signalled or self._state is not CallAction.END
        if waiting.name == LINE_IDLE:
            return self._live and not on
        self._midst |= self._live and waiting.at < _MIDST_S + _KNOWN_S
        return not on and not self._midst

    def hear(self, signal: CallSignal, at: float) -> list[Observation]:
        """Take a signal that came when ``at`` seconds of stream had been heard."""
        if signal.action in (CallAction.MUTE, CallAction.UNMUTE):
            return []
        on = self._state is not CallAction.END
        self._signalled = True
        observation = Observation(f"call.{signal.action}", start=at, end=at, at=at, score=1.0)
        if signal.action is CallAction.START and on and at - self._started <= SAME_CALL_S:
            return []
        return self._step(signal.action, observation)

    def _step(self, action: CallAction, observation: Observation) -> list[Observation]:
        """What follows from an action in the present state."""
        before, steps = self._state, [observation]
        if action is CallAction.START:
            self._started = observation.start
            midst = self._midst or (self._live and observation.start < _MIDST_S)
            if midst and not self._signalled:
                steps = []
            self._midst = False
            if before is not CallAction.END:
                at = observation.at
                steps = [Observation("call.end", at, at, at, 1.0), observation]
        elif action not in _NEXT[before]:
            return []
        self._state = action
        return steps


_NEXT: Final = {
    CallAction.END: (CallAction.START,),
    CallAction.START: (CallAction.HOLD, CallAction.END),
    CallAction.HOLD: (CallAction.RESUME, CallAction.END),
    CallAction.RESUME: (CallAction.HOLD, CallAction.END),
}
"""State, named after the last action -> actions that may follow."""
