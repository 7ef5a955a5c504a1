"""Hears one round of a drill."""

from collections.abc import Iterable
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import AGENT, Block, Observation
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill.result import Result, Said
from firmware_py.drill.situation import Situation
from firmware_py.rules import Rulebook
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.vocabulary import is_under

PAUSE_SLACK_S: Final = 0.3
"""Seconds by which a pause may be too short: silences were measured up to 0.17 s off."""
DONE_S: Final = 1.0
"""Seconds of silence after which a round with all its words is over."""
GIVEN_UP_S: Final = 4.5
"""The same while words are missing; longer than any pause that is asked for."""
_PHRASE: Final = "phrase."


class Practice:
    """Hears a round, Block by Block."""

    def __init__(self, situation: Situation, pipeline: Pipeline) -> None:
        """Begin to listen.

        Args:
            situation: what is practised.
            pipeline: fresh, with the situation's rulebook and a phone model.

        Raises:
            DeskcueError: the rulebook has no such phrase.
        """
        self._situation = situation
        self._pipeline = pipeline
        self._texts = {f"{_PHRASE}{one.id}": one.text for one in pipeline.rulebook.phrases}
        self._wanted = [_text(need, pipeline.rulebook) for need in situation.need]
        self._heard: list[Observation] = []
        self._onsets: list[float] = []
        self._turn_ends: list[float] = []
        self._last_spoke: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds heard."""
        return self._pipeline.seconds

    def feed(self, block: Block) -> list[str]:
        """Hear a Block; return the texts of phrases that were just said."""
        result = self._pipeline.feed(block)
        if result.features and result.features.speaking[:, AGENT].any():
            self._last_spoke = self.seconds
        heard = result.observations
        self._onsets += (o.start for o in heard if o.name == "onset.agent")
        self._turn_ends += (o.end for o in heard if o.name == "turn.agent")
        new = [o for o in heard if o.name in self._texts and self._concerns(o)]
        self._heard += new
        return [self._texts[o.name] for o in new]

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        if self.seconds >= self._situation.seconds:
            return True
        if self._last_spoke is None:
            return False
        complete = all(one.came for one in self.result().said)
        return self.seconds - self._last_spoke >= (DONE_S if complete else GIVEN_UP_S)

    @property
    def too_soon(self) -> bool:
        """Whether the agent went on without the pause."""
        result = self.result()
        return result.pause_s is not None and not result.pause_kept

    def result(self) -> Result:
        """What came of it so far."""
        met = [self._met(need) for need in self._situation.need]
        starts = [one.start for one in met if one]
        pause = self._pause(met)
        kept = None
        if self._situation.pause_after:
            kept = pause is not None and pause >= self._situation.pause_s - PAUSE_SLACK_S
        return Result(
            said=tuple(
                Said(self._texts[one.name], one.start, one.end) if one else Said(text)
                for text, one in zip(self._wanted, met, strict=True)
            ),
            in_order=starts == sorted(starts),
            pause_s=pause,
            pause_kept=kept,
            instead=self._instead(),
            spoke=self._last_spoke is not None,
        )

    def _met(self, need: EventPattern) -> Observation | None:
        """Where a need was met first."""
        return min((o for o in self._heard if need.matches(o)), key=_start, default=None)

    def _pause(self, met: list[Observation | None]) -> float | None:
        after = self._situation.pause_after
        if not after:
            return None
        before, then = met[after - 1], met[after]
        return self._silence(before.start, then.end) if before and then else None

    def _silence(self, since: float, until: float) -> float:
        """Longest silence of the agent that lies between two seconds; 0 if too short for one."""
        onsets = [onset for onset in self._onsets if since < onset < until]
        ends = [end for end in self._turn_ends if since < end < until]
        gaps = [min((o - end for o in onsets if o > end), default=0.0) for end in ends]
        return max(gaps, default=0.0)

    def _instead(self) -> tuple[str, ...]:
        others = (o for o in self._heard if not self._needed(o))
        return tuple(dict.fromkeys(self._texts[o.name] for o in others))

    def _needed(self, observation: Observation) -> bool:
        return any(need.matches(observation) for need in self._situation.need)

    def _concerns(self, observation: Observation) -> bool:
        """Whether it was asked for, or is of the clause that is practised."""
        clause = f"{_PHRASE}{self._situation.clause}"
        return self._needed(observation) or is_under(observation.name, clause)


def _start(observation: Observation) -> float:
    return observation.start


def _text(need: EventPattern, rulebook: Rulebook) -> str:
    texts = [p.text for p in rulebook.phrases if _is_one_of(f"{_PHRASE}{p.id}", need.names)]
    if not texts:
        raise DeskcueError(f'rulebook "{rulebook.name}" has no phrase {need}; the drill needs it')
    return " / ".join(texts)


def _is_one_of(name: str, above: Iterable[str]) -> bool:
    return any(is_under(name, one) for one in above)
