"""One measured figure, and the run of a command that measured it."""

import math
import re
from dataclasses import dataclass
from typing import Final, Literal, TypedDict, Unpack

Direction = Literal["at least", "at most"]
_ID: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_@+-]+)+")
_Z95: Final = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should be."""

    value: float
    """In the unit of the Result."""
    direction: Direction

    def met(self, value: float) -> bool:
        """Whether a figure reaches it."""
        return value >= self.value if self.direction == "at least" else value <= self.value


def at_least(value: float) -> Target:
    """Make the target of a figure that should be high."""
    return Target(value, "at least")


def at_most(value: float) -> Target:
    """Make the target of a figure that should be low."""
    return Target(value, "at most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure, with all that is needed to understand it.

    Raises:
        ValueError: an id that is not lower-case words with dots between them, or a figure that is
            not a finite number.
    """

    id: str
    """Stable name, words with dots between: ``phrases.strangers.own_microphone.recall@0.05``."""
    question: str
    """Id of a question in ``questions.toml``, under which the page shows it."""
    title: str
    """What was measured, as the page says it."""
    value: float
    unit: str = ""
    """``%``, ``ms``, ``FA/h``…; empty: a ratio or a count."""
    n: float | None = None
    """How much it was measured on; None: that says nothing (a sum, a ratio of costs)."""
    of: str = ""
    """What ``n`` counts: ``sayings``, ``h of talk``."""
    target: Target | None = None
    interval: tuple[float, float] | None = None
    """95 % confidence interval, in the unit of the figure."""
    conditions: str = ""
    """Line, noise, voices, settings: what makes this row another one than its neighbour."""
    remarks: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"a measure id is lower-case words with dots between, not {self.id!r}")
        numbers = [self.value, self.n or 0.0, *(self.interval or ())]
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"{self.id} is not a finite number: {numbers}")

    @property
    def passed(self) -> bool | None:
        """Whether the target is met; None if there is none."""
        return None if self.target is None else self.target.met(self.value)


class Words(TypedDict, total=False):
    """What may be said of a Result besides its figure."""

    target: Target | None
    conditions: str
    remarks: str


def share(
    id: str,  # noqa: A002  # the field is called so
    question: str,
    title: str,
    hits: int,
    n: int,
    of: str,
    **words: Unpack[Words],
) -> Result:
    """Make the Result of ``hits`` among ``n``, in %, with the interval of Wilson (1927).

    The interval takes the trials as independent; several by one voice are not quite.

    Raises:
        ValueError: nothing was tried.
    """
    if n <= 0:
        raise ValueError(f"{id}: nothing was tried")
    return Result(
        id=id,
        question=question,
        title=title,
        value=100 * hits / n,
        unit="%",
        n=n,
        of=of,
        interval=_wilson(hits, n),
        **words,
    )


def slug(words: str) -> str:
    """Make a part of a measure id of any words: ``typing, loud`` becomes ``typing_loud``."""
    return re.sub(r"[^a-z0-9@+.-]+", "_", words.lower()).strip("_.")


def _wilson(hits: int, n: int) -> tuple[float, float]:
    rate, z2 = hits / n, _Z95**2
    middle = rate + z2 / (2 * n)
    reach = _Z95 * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    low, high = ((middle + sign * reach) / (1 + z2 / n) for sign in (-1, 1))
    return 100 * max(0.0, low), 100 * min(1.0, high)


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on."""

    cpu: str
    cores: int
    python: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, and what it measured."""

    command: str
    """As one types it in a checkout."""
    commit: str
    """Of the code; ``-dirty`` after it: with changes that were not committed."""
    model: str
    """First 12 hex digits of the phone model's SHA-256; empty: it has no part in it."""
    date: str
    """ISO 8601, UTC."""
    machine: Machine
    imported: bool
    """Whether it was taken over from a page written by hand, and not by the command itself."""
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command gives to be recorded."""

    results: tuple[Result, ...]
    model: str | None = None
    """As in Run; None: the phone model that is shipped."""
