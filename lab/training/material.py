"""What there is to learn from: the corpora, a site's own recordings, and what is no speech."""

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.training import corpus, noises, tables
from lab.training.corpus import Recording
from lab.training.noises import Noise

NEAREST: Final = 3
"""So many names are told where one is not known."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to look, and whom to leave out."""

    audio: Path | None
    """Folder of the corpora (``DESKCUE_AUDIO``)."""
    tables: tuple[Path, ...] = ()
    """Tables of a site's own recordings (``tables``)."""
    noise: tuple[Path, ...] = ()
    """Folders of a site's own sounds that are no speech."""
    left_out: tuple[str, ...] = ()
    """Speakers not to learn from."""


@dataclass(frozen=True, slots=True)
class Material:
    """What was found."""

    learnt: tuple[Recording, ...]
    kept: tuple[Recording, ...]
    """Recordings of a site's own speakers who only measure."""
    noises: tuple[Noise, ...]
    silent: frozenset[str]
    """Speakers not to learn from."""
    unread: tuple[str, ...] = ()
    """A line for each table of a site: which of its lines are left out."""

    @property
    def digest(self) -> str:
        """Fingerprint of what is learnt from, to know a store that was made of something else."""
        told = [(_file(one.path), one.channel, one.speaker, one.syllables) for one in self.learnt]
        noises = [_file(one.path) for one in self.noises]
        return hashlib.sha256(repr((told, noises)).encode()).hexdigest()


def _file(path: Path) -> tuple[str, int]:
    return str(path.resolve()), path.stat().st_size


def _must_exist(found: Material) -> None:
    """See that no file is missing before any work is done.

    Raises:
        DeskcueError: some are.
    """
    paths = [one.path for one in (*found.learnt, *found.kept)]
    paths += [one.path for one in found.noises]
    if missing := [path for path in paths if not path.is_file()]:
        raise DeskcueError(
            f"{len(missing)} of {len(paths)} recordings are not where the tables say, such as"
            f" {missing[0]}"
        )


def _must_be_known(names: tuple[str, ...], found: list[Recording]) -> None:
    speakers = sorted({one.speaker for one in found})
    for name in names:
        if name not in speakers:
            near = difflib.get_close_matches(name, speakers, NEAREST, cutoff=0.0)
            raise DeskcueError(
                f"--leave-out: nobody of {len(speakers)} speakers is called {name}; the nearest"
                f" are {', '.join(near)}"
            )


def _names(recordings: list[Recording]) -> set[str]:
    return {one.speaker.casefold() for one in recordings}


def _must_differ(own: list[Recording], known: list[Recording]) -> None:
    """See that nobody of a site is taken for a speaker of the corpora.

    Raises:
        DeskcueError: somebody has such a name.
    """
    if alike := _names(own) & ({*corpus.HELD_OUT} | _names(known)):
        raise DeskcueError(
            f"speaker {min(alike)} of your table is called like one of the corpora; choose another"
            " name"
        )


def _unread(table: Path, lines: list[int]) -> str:
    first = ", ".join(map(str, lines[:NEAREST])) + (" …" if len(lines) > NEAREST else "")
    return (
        f"{table}: left out {len(lines)} lines, for their text has letters, digits or 儿 in it"
        f" (line {first})"
    )


def gather(wanted: Wanted) -> Material:
    """Look through all tables.

    Raises:
        DeskcueError: something is missing or wrong in one of them.
    """
    if wanted.audio is None and not wanted.tables:
        raise DeskcueError(
            "there is nothing to learn from: set DESKCUE_AUDIO to a folder with speech.tsv, or name"
            " a table of your own (--add)"
        )
    read = {table: tables.read(table) for table in wanted.tables}
    own = [row for rows, _ in read.values() for row in rows]
    kept = [one for one, use in own if use == "dev"]
    learnt = [one for one, use in own if use == "train"]
    if both := _names(kept) & _names(learnt):
        raise DeskcueError(
            f"speaker {min(both)} is learnt from in one table and measures in another"
        )
    sounds = [noise for folder in wanted.noise for noise in tables.noises(folder)]
    known = []
    if wanted.audio is not None:
        known = [*corpus.recordings(wanted.audio), *corpus.neural(wanted.audio)]
        sounds += noises.noises(wanted.audio)
    _must_differ([one for one, _ in own], known)
    learnt += known
    _must_be_known(wanted.left_out, learnt)
    silent = frozenset((*corpus.HELD_OUT, *wanted.left_out, *(one.speaker for one in kept)))
    learnt = [one for one in learnt if one.speaker not in silent]
    if not sounds:
        raise DeskcueError(
            "there is no sound that is no speech to learn from; name a folder of it (--noise)"
        )
    unread = tuple(_unread(table, lines) for table, (_, lines) in read.items() if lines)
    found = Material(tuple(learnt), tuple(kept), tuple(sounds), silent, unread)
    _must_exist(found)
    return found
