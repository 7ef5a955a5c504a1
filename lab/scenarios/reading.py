"""Reads scenarios, and the stretches of talk that they have in common, from TOML."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from firmware_py.calls.signals import CallAction
from firmware_py.rules.clauses import clauses
from firmware_py.rules.source import bundled_rulebooks
from firmware_py.settings.schema import read
from firmware_py.settings.toml_document import Document, near, parse_toml, read_file
from firmware_py.settings.toml_lines import Where

FOLDER: Final = Path(__file__).parent
PARTS: Final = FOLDER / "parts.toml"


class Twin(StrEnum):
    """The two calls of a scenario."""

    BREACH = "breach"
    CLEAN = "clean"


class Who(StrEnum):
    """Whose channel a line is heard on."""

    AGENT = "agent"
    CALLER = "caller"


class Noise(StrEnum):
    """What is heard besides speech."""

    CHEWING = "chewing"
    TYPING = "typing"
    RINGING = "ringing"
    MUSIC = "music"


class When(datetime):
    """A local time, written ``2026-03-03 09:30``."""

    @classmethod
    def parse(cls, text: str) -> "When":
        """Read it.

        Raises:
            ValueError: it reads otherwise.
        """
        try:
            return cls.strptime(text, "%Y-%m-%d %H:%M")
        except ValueError:
            raise ValueError(f'reads "{text}"; write it like 2026-03-03 09:30') from None


MORNING: Final = When.parse("2026-03-03 09:30")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is heard: words, a noise, or a change in the life of the call."""

    who: Who = Who.AGENT
    say: str = ""
    """Words, in hanzi."""
    noise: Noise | None = None
    call: CallAction | None = None
    """``start``, ``hold``, ``resume`` or ``end``."""
    seconds: float = 10.0
    """Length of a noise."""
    pause: float = 0.5
    """Seconds after the end of the line before; negative: it comes in while that goes on."""
    db: float = 0.0
    """Over the speaker's usual level."""
    shout: bool = False
    """Spoken with effort: 11 dB louder, brighter, and a higher pitch."""
    speed: int = 170
    """Words a minute, as espeak-ng counts them."""
    pitch: int = 50
    """0 to 99."""
    glide: float = 0.0
    """Semitones by which the voice rises from the first word to the last; negative: falls."""
    held: float = 0.0
    """Seconds by which the last vowel is drawn out."""
    slurred: bool = False
    """Spoken with a lazy mouth."""
    cantonese: bool = False
    """Read as Cantonese."""
    only: Twin | None = None
    """The one of the two calls that has this line; None: both."""

    def __post_init__(self) -> None:
        if bool(self.say) + bool(self.noise) + bool(self.call) != 1:
            raise ValueError('needs exactly one of "say", "noise" and "call"')
        if not 80 <= self.speed <= 450 or not 0 <= self.pitch <= 99:
            raise ValueError('"speed" must be 80 to 450 and "pitch" 0 to 99')
        if self.seconds <= 0:
            raise ValueError('"seconds" must be over 0')


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two calls that differ in little: one breaks a clause, one keeps it."""

    id: str
    clause: str
    call: tuple[Line, ...]
    rule: str = ""
    """Rule that speaks; left out: the clause's id."""
    also: tuple[str, ...] = ()
    """Rules without a cue that speak too, as they must."""
    profile: str = "10086"
    experimental: bool = False
    """Whether the experimental rules are laid over the profile."""
    switch_on: tuple[str, ...] = ()
    """Rules that are off by default, to be switched on."""
    at: When = MORNING
    """Local time at which the call begins."""
    clean_at: When | None = None
    """The same of the clean twin, if it differs."""
    agent: str = ""
    """espeak-ng voice of the agent; left out: one that the phone model never heard."""
    room_db: float = -68.0
    """dBFS of the noise on both channels."""
    told: bool = False
    """Whether the phone system tells the life of the call."""
    known_miss: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Twin -> why it goes wrong as yet."""

    @property
    def expected(self) -> str:
        """Id of the rule that speaks on the breach."""
        return self.rule or self.clause

    def lines(self, twin: Twin) -> tuple[Line, ...]:
        """What is heard in one of the two calls."""
        return tuple(line for line in self.call if line.only in (None, twin))

    def begins(self, twin: Twin) -> datetime:
        """Local time at which one of the two calls begins."""
        return self.clean_at if twin is Twin.CLEAN and self.clean_at else self.at


def every_scenario() -> tuple[Scenario, ...]:
    """All scenarios of this folder, in the order of the clauses."""
    found = [s for path in sorted(FOLDER.glob("*.toml")) if path != PARTS for s in load(path)]
    order = [*clauses()]
    return tuple(sorted(found, key=lambda scenario: order.index(scenario.clause)))


def load(path: Path) -> tuple[Scenario, ...]:
    """Read a file of scenarios.

    Raises:
        DeskcueError: it cannot be read or has mistakes; one line for each.
    """
    return parse(read_file(path), path.name, parts())


@cache
def parts() -> Mapping[str, tuple[Line, ...]]:
    """Stretches of talk by name."""
    document = parse_toml(read_file(PARTS), PARTS.name)
    found = {name: tuple(_lines(document, (name,), {})) for name in document.root}
    document.check()
    return found


def parse(data: bytes, name: str, parts: Mapping[str, tuple[Line, ...]]) -> tuple[Scenario, ...]:
    """Read scenarios from bytes; ``name`` is how messages call the file.

    Raises:
        DeskcueError: they have mistakes; one line for each.
    """
    document = parse_toml(data, name)
    found = [_scenario(document, where, parts) for where in document.items("scenario")]
    for key in document.root.keys() - {"scenario"}:
        document.wrong((key,), f'unknown key "{key}"; a file has [[scenario]] tables')
    document.check()
    return tuple(scenario for scenario in found if scenario)


def _scenario(
    document: Document, where: Where, parts: Mapping[str, tuple[Line, ...]]
) -> Scenario | None:
    call = tuple(_lines(document, (*where, "call"), parts))
    misses = document.at((*where, "known_miss")) or {}
    given = {"call": call, "known_miss": misses}
    scenario = read(document, where, Scenario, given=given, others=tuple(given))
    _known(document, (*where, "clause"), "clause", clauses())
    _known(document, (*where, "profile"), "profile", bundled_rulebooks())
    if not isinstance(misses, dict) or not misses.keys() <= {*Twin}:
        document.wrong((*where, "known_miss"), '"known_miss" is a table with breach, clean or both')
    return scenario


def _known(
    document: Document, where: Where, what: str, known: Mapping[str, object] | tuple[str, ...]
) -> None:
    name = document.at(where)
    if isinstance(name, str) and name not in known:
        document.wrong(where, f'unknown {what} "{name}"{near(name, known)}')


def _lines(
    document: Document, where: Where, parts: Mapping[str, tuple[Line, ...]]
) -> Iterator[Line]:
    listed = document.at(where)
    if not isinstance(listed, list) or not listed:
        document.wrong(where, f'"{where[-1]}" must be a list of lines')
        return
    for number, item in enumerate(listed):
        place = (*where, number)
        if isinstance(item, str):
            if item not in parts:
                document.wrong(place, f'unknown part "{item}"{near(item, parts)}')
            yield from parts.get(item, ())
        elif line := read(document, place, Line):
            yield line
