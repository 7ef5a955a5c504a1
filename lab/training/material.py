"""What there is to learn from: the corpora, a site's own recordings, and what is no speech."""

import difflib
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
    own = [row for table in wanted.tables for row in tables.read(table)]
    kept = [one for one, use in own if use == "dev"]
    learnt = [one for one, use in own if use == "train"]
    if both := {one.speaker for one in kept} & {one.speaker for one in learnt}:
        raise DeskcueError(
            f"speaker {min(both)} is learnt from in one table and measures in another"
        )
    sounds = [noise for folder in wanted.noise for noise in tables.noises(folder)]
    if wanted.audio is not None:
        learnt += [*corpus.recordings(wanted.audio), *corpus.neural(wanted.audio)]
        sounds += noises.noises(wanted.audio)
    _must_be_known(wanted.left_out, learnt)
    silent = frozenset((*corpus.HELD_OUT, *wanted.left_out, *(one.speaker for one in kept)))
    learnt = [one for one in learnt if one.speaker not in silent]
    if not sounds:
        raise DeskcueError(
            "there is no sound that is no speech to learn from; name a folder of it (--noise)"
        )
    found = Material(tuple(learnt), tuple(kept), tuple(sounds), silent)
    _must_exist(found)
    return found
