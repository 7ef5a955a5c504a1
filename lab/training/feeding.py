"""Batches made ahead by processes of their own, while another one learns."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from lab.training import store
from lab.training.mixing import Batch, Mixer

AHEAD: Final = 4
"""Batches that each process makes in advance."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one step learns from, as tensors."""

    mel: Tensor
    """Log-mel rows, shape [examples, hops, 40]."""
    tokens: Tensor
    """What is said in the examples with speech, which come first; shape [spoken, longest]."""
    lengths: Tensor
    """How many tokens each of them has, shape [spoken]."""

    def to(self, device: torch.device) -> "Lesson":
        """Bring it to where the network is; lengths stay, the loss wants them at hand."""
        move = {"device": device, "non_blocking": True}
        return Lesson(self.mel.to(**move), self.tokens.to(**move), self.lengths)


def lesson_of(batch: Batch) -> Lesson:
    """Lay a batch out as tensors."""
    longest = max((len(said) for said in batch.tokens), default=1)
    tokens = np.zeros((len(batch.tokens), longest), dtype=np.int64)
    for row, said in enumerate(batch.tokens):
        tokens[row, : len(said)] = said
    lengths = torch.tensor([len(said) for said in batch.tokens], dtype=torch.int64)
    return Lesson(torch.from_numpy(batch.mel), torch.from_numpy(tokens), lengths)


class _Lessons(Dataset):  # type: ignore[misc]  # no types without PyTorch
    """The lesson of any step."""

    def __init__(self, folder: Path, seed: int, examples: int) -> None:
        self._made_of = folder, seed, examples
        self._mixer: Mixer | None = None

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        if self._mixer is None:  # in the process that uses it, so that nothing large is copied
            folder, seed, examples = self._made_of
            self._mixer = Mixer(store.load(folder), seed, examples)
        lesson = lesson_of(self._mixer.batch(step))
        return lesson.mel, lesson.tokens, lesson.lengths


def _undisturbed(_number: int) -> None:
    """Leave Ctrl-C to the process that learns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def lessons(
    folder: Path, seed: int, steps: range, examples: int, processes: int
) -> Iterator[Lesson]:
    """Give the lesson of every step, from the store in ``folder``; the same for any ``processes``.

    Args:
        folder: where the store lies.
        seed: the same seed and step give the same lesson.
        steps: which ones.
        examples: in each lesson.
        processes: that make them; a killed learner takes them along.
    """
    loader = DataLoader(
        _Lessons(folder, seed, examples),
        batch_size=None,
        sampler=steps,
        num_workers=processes,
        prefetch_factor=AHEAD,
        multiprocessing_context="spawn",
        worker_init_fn=_undisturbed,
        pin_memory=torch.cuda.is_available(),
    )
    for mel, tokens, lengths in loader:
        yield Lesson(mel, tokens, lengths)
