"""A new phrase for a rulebook: how it is spelled, how safe it is, and the lines that add it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Cue
from firmware_py.core.whole_file import give_the_same_rights
from firmware_py.hearing.accent import accent_of
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.reading import to_pinyin
from firmware_py.hearing.spelling import readings
from firmware_py.rules import Rulebook, load_rulebook
from firmware_py.tuning.background import Background
from firmware_py.tuning.collisions import collisions
from firmware_py.tuning.estimate import Estimate, estimate
from firmware_py.tuning.neighbours import Neighbour, neighbours

SAFE: Final = 4
"""Syllables from which on a phrase is long enough to be distinct from other speech."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase as it may enter a rulebook."""

    id: str
    text: str
    say: str
    estimate: Estimate
    near: tuple[Neighbour, ...] | None
    """What sounds near; None where there is no table to look it up in."""
    warnings: tuple[str, ...]
    cue: Cue = Cue.RED
    """Light of the rule that forbids it; none: there is no such rule."""

    @property
    def lines(self) -> str:
        """The tables for the rulebook."""
        phrase = (
            f"[[phrase]]\n"
            f"id = {_quoted(self.id)}\n"
            f"text = {_quoted(self.text)}\n"
            f"say = [{_quoted(self.say)}]\n"
            f"threshold = {self.estimate.threshold}\n"
        )
        return phrase if self.cue is Cue.NONE else f"{phrase}\n{self._rule}"

    @property
    def _rule(self) -> str:
        """Without a rule a phrase is heard, and nothing comes of it."""
        return (
            f"[[rule]]\n"
            f"id = {_quoted(self.id)}\n"
            f'kind = "never"\n'
            f"when = {_quoted(f'phrase.{self.id}')}\n"
            f'cue = "{self.cue}"\n'
            f'advice = {{ zh = {_quoted(f"请勿说：{self.text}")}, en = "Do not say this" }}\n'
        )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def propose(
    text: str,
    background: Background,
    name: str = "",
    rulebook: Rulebook | None = None,
    cue: Cue = Cue.RED,
) -> Proposal:
    """Spell a phrase, try it on background speech and look for it among others.

    Args:
        text: in hanzi, or in pinyin of the rulebook's kind.
        background: speech that does not hold it.
        name: its id in the rulebook; empty makes one of its syllables.
        rulebook: it is to enter.
        cue: light for whoever says it.

    Raises:
        SpellingError: it cannot be spelled.
    """
    say = to_pinyin(text)
    rows = readings(say)
    name = name or "site." + "".join(rows[0])
    accent = accent_of(rulebook.accent if rulebook else ())
    found = estimate(pronunciations_of(name, [say], 0.0), background, accent=accent)
    near = _near(rows, text)
    notes = _warnings(rows[0], found, near)
    if re.search(r"\d\d", text):
        notes.append("its number is read digit by digit; write 一百 where that is what is said")
    if rulebook:
        notes += collisions(rows, found.threshold, rulebook)
    return Proposal(name, text, say, found, near, tuple(notes), cue)


def _near(rows: Sequence[Sequence[str]], text: str) -> tuple[Neighbour, ...] | None:
    try:
        return tuple(neighbours(rows, text))
    except ImportError:
        return None


def _warnings(
    syllables: Sequence[str], found: Estimate, near: tuple[Neighbour, ...] | None
) -> list[str]:
    notes = []
    if len(syllables) < SAFE:
        notes.append(
            f"only {len(syllables)} syllable{'s' * (len(syllables) > 1)}: too short to be safe,"
            " for much else sounds like it; listen for a longer stretch of what is said"
        )
    same = [one.text for one in near or () if one.score == 0]
    if same:
        notes.append(f"sounds exactly like {', '.join(same)}: tone is not heard")
    if found.nearest >= found.threshold:
        notes.append("the background speech itself would set it off: something like it is in there")
    return notes


def append(path: Path, proposal: Proposal) -> None:
    """Add a phrase to a rulebook's file, or leave the file as it was.

    Raises:
        DeskcueError: the file cannot be read or written, or would be no rulebook with it.
    """
    known = {phrase.id for phrase in load_rulebook(str(path)).phrases}
    try:
        path = path.resolve(strict=True)  # a link stays one
        before = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise DeskcueError(f"cannot read the rulebook {path}: {error.strerror}") from None
    if proposal.id in known:
        raise DeskcueError(f"{path} has a phrase {proposal.id} already; choose another --id")
    draft = path.with_name(f".{path.name}.new.toml")
    try:
        end = "\r\n" if "\r\n" in before else "\n"
        added = f"\n\n{proposal.lines}".replace("\n", end)
        draft.write_bytes((before.rstrip("\r\n") + added).encode("utf-8"))
        load_rulebook(str(draft))
        give_the_same_rights(path, draft)
        draft.replace(path)
    except OSError as error:
        raise DeskcueError(f"cannot write the rulebook {path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
