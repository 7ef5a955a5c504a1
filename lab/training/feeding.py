"""Batches made ahead by a process of their own, which never loads TensorFlow."""

import multiprocessing
import queue
from collections.abc import Iterator
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.training import store
from lab.training.mixing import Batch, Mixer

AHEAD: Final = 8
"""Batches made in advance."""
PATIENCE_S: Final = 5.0
"""How often each side looks whether the other one lives, while it waits."""


def _make(folder: Path, seed: int, steps: range, out: "Queue[Batch]") -> None:
    mixer = Mixer(store.load(folder), seed)
    for step in steps:
        batch, waiting = mixer.batch(step), True
        while waiting:
            try:
                out.put(batch, timeout=PATIENCE_S)
                waiting = False
            except queue.Full:
                if not _is_wanted():
                    return


def _is_wanted() -> bool:
    """Say whether the process that learns is still there: a killed one takes nobody along."""
    learner = multiprocessing.parent_process()
    return learner is not None and learner.is_alive()


def batches(folder: Path, seed: int, steps: range) -> Iterator[Batch]:
    """Give the batch of every step, from the store in ``folder``."""
    if not steps:
        return
    context = multiprocessing.get_context("spawn")
    out: Queue[Batch] = context.Queue(AHEAD)
    maker = context.Process(target=_make, args=(folder, seed, steps, out), daemon=True)
    maker.start()
    for _ in steps:
        yield _next(out, maker)
    maker.join()


def _next(out: "Queue[Batch]", maker: SpawnProcess) -> Batch:
    """Wait for a batch, but not for a process that is gone.

    Raises:
        DeskcueError: it is.
    """
    while True:
        try:
            return out.get(timeout=PATIENCE_S)
        except queue.Empty:
            if not maker.is_alive():
                raise DeskcueError("the process that makes the batches ended (above)") from None
