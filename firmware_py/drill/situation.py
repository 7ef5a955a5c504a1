"""Situations that can be practised, read from ``situations.toml``."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.rulebook import Text
from firmware_py.settings.schema import read
from firmware_py.settings.toml_document import parse_toml


@dataclass(frozen=True, slots=True)
class Situation:
    """What happens, and what the agent has to say."""

    id: str
    clause: str
    rulebook: str
    """Name of the rulebook that has its phrases."""
    title: Text
    prompt: Text
    """What the agent reads before the round."""
    answer: str
    """What would have been right, as the standard writes it."""
    need: tuple[EventPattern, ...]
    """Phrases that have to be said, in this order."""
    pause_after: int = 0
    """Number of the need that a pause has to follow; 0: none has to."""
    pause_s: float = 0.0
    """Least seconds of that pause."""
    seconds: float = 20.0
    """Longest round."""

    def __post_init__(self) -> None:
        if not self.need:
            raise ValueError('"need" names nothing')
        if not 0 <= self.pause_after < len(self.need):
            raise ValueError('"pause_after" must be the number of a need that is not the last')


@cache
def situations() -> dict[str, Situation]:
    """Every situation by its id, in the order of the file.

    Raises:
        DeskcueError: the file has mistakes; one line for each.
    """
    data = resources.files("firmware_py.drill").joinpath("situations.toml").read_bytes()
    document = parse_toml(data, "situations.toml")
    tables = document.root.get("situation", [])
    found = [read(document, ("situation", number), Situation) for number in range(len(tables))]
    document.check()
    return {situation.id: situation for situation in found if situation}
