"""Makes Observations and rulebooks for the tests of the rules."""

from firmware_py.core.types import Observation
from firmware_py.rules.reader import parse_rulebook
from firmware_py.rules.rulebook import Rulebook

HEAD = 'name = "t"\ntitle = { zh = "测试" }\n'


def said(
    name: str, at: float, *, lasting: float = 0.0, value: float = 0.0, late: float = 0.0
) -> Observation:
    """Make an Observation that ended at ``at``, lasted so long and was told so late."""
    return Observation(name=name, start=at - lasting, end=at, at=at + late, score=-0.1, value=value)


def book(text: str) -> Rulebook:
    """Make a rulebook of tables; the head, and phrases P1 to P4, are added."""
    phrases = "".join(f'[[phrase]]\nid = "P{n}"\ntext = "好"\nsay = ["hao"]\n' for n in range(1, 5))
    return parse_rulebook((HEAD + phrases + text).encode(), "t.toml")
