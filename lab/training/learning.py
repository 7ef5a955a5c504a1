"""Fitting the network: CTC on endless mixtures, with checkpoints to go on from."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.spelling import BLANK
from lab.training.feeding import Lesson, lessons
from lab.training.interrupting import asked_to_stop
from lab.training.mixing import HOPS
from lab.training.network import OFFSET, Network, Shape
from lab.training.writing import whole

PEAK_RATE: Final = 2e-3
WARM_UP: Final = 400
FALL: Final = 0.5
"""The last part of all steps, over which the learning rate falls to nothing."""
MIDDLE: Final = 0.3
"""Weight of the loss at the head in the middle, beside 1 for the one at the end."""
MEMORY: Final = 0.9985
"""How much of the averaged weights stays at every step (Polyak and Juditsky, 1992)."""
STEEPEST: Final = 200.0
"""Norm at which gradients are cut off."""
CHECKPOINT: Final = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Progress:
    """How a step went."""

    step: int
    loss: float


def rate_at(step: int, steps: int, peak: float = PEAK_RATE) -> float:
    """Warm up, hold, fall (Hu et al., 2024).

    The rate knows its end only while it falls, so a run may go on from a checkpoint with other
    ``steps`` than it began with: more after a night, fewer when time is short.
    """
    left = max(0.0, (steps - step) / (FALL * steps))
    return peak * min(1.0, (step + 1) / WARM_UP, 0.002 + left)


def loss_of(logits: Tensor, lesson: Lesson) -> Tensor:
    """CTC of an example, on average; sound without speech is blank all along.

    Args:
        logits: shape [examples, frames, 59].
        lesson: what is said in the first of them.
    """
    log = logits.log_softmax(-1)
    spoken = len(lesson.lengths)
    frames = torch.full((spoken,), logits.shape[1], dtype=torch.int64)
    said = functional.ctc_loss(
        log[:spoken].transpose(0, 1),
        lesson.tokens,
        frames,
        lesson.lengths,
        blank=BLANK,
        reduction="sum",
        zero_infinity=True,  # a label longer than its example teaches nothing
    )
    silent = -log[spoken:, :, BLANK].sum()
    return (said + silent) / len(logits)


class Learner:
    """A network and what moves its weights; their running average is what is worth keeping.

    Matrices that mix channels go by Muon (Jordan et al., 2024), which gives every direction the
    same say where Adam follows the few that are loudest (ADR 0004); the rest goes by Adam.
    """

    def __init__(self, network: Network) -> None:
        """Begin the average with the weights of now."""
        self.network = network.train()
        self.average = AveragedModel(
            network, multi_avg_fn=get_ema_multi_avg_fn(MEMORY), use_buffers=True
        )
        mixing = list(network.mixing())
        known = {id(matrix) for matrix in mixing}
        rest = [found for found in network.parameters() if id(found) not in known]
        self._moves = (
            torch.optim.Muon(
                mixing, lr=PEAK_RATE, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.Adam(rest, lr=PEAK_RATE),
        )

    def step(self, lesson: Lesson, rate: float) -> Tensor:
        """Go one step down; return the loss of an example, on average."""
        end, middle = self.network(lesson.mel)
        loss = loss_of(end, lesson)
        both: Tensor = loss + MIDDLE * loss_of(middle, lesson)
        both.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), STEEPEST)
        for move in self._moves:
            for group in move.param_groups:
                group["lr"] = rate
            move.step()
            move.zero_grad()
        self.average.update_parameters(self.network)
        return loss.detach()

    def hasten(self, examples: int) -> None:
        """Let an accelerator replay the network's work as one graph.

        It waits for every kernel's turn otherwise: on an H200 half of the time.
        """
        mel = torch.zeros(examples, HOPS, BANDS, device="cuda") - OFFSET
        self.network = torch.cuda.make_graphed_callables(self.network, (mel,))

    def state(self) -> dict[str, Any]:
        """Give everything that is needed to go on."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "moves": [move.state_dict() for move in self._moves],
        }

    def go_on(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        for move, then in zip(self._moves, state["moves"], strict=True):
            move.load_state_dict(then)

    def learnt(self) -> Network:
        """Give the network of the averaged weights, no longer to learn."""
        network: Network = self.average.module
        network.cpu().eval()
        return network


def somewhere() -> torch.device:
    """Give the accelerator, if there is one."""
    torch.set_float32_matmul_precision("high")  # 10 bits are more than int8 keeps
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fit(
    folder: Path,
    shape: Shape,
    steps: int,
    seed: int,
    tell: Callable[[Progress], None],
    begin: Callable[[Network], None] | None = None,
    examples: int = 32,
    peak_rate: float = PEAK_RATE,
    every: int = 200,
) -> Network:
    """Learn for ``steps`` steps, going on from the checkpoint in ``folder``, if any.

    Args:
        folder: where the store and the checkpoint lie.
        shape: of the network.
        steps: how many in all, those of the checkpoint included.
        seed: the same seed gives the same mixtures.
        tell: is told how every step went.
        begin: gives a network its first weights, where there is no checkpoint.
        examples: in every step.
        peak_rate: the highest learning rate.
        every: steps between checkpoints.

    Raises:
        DeskcueError: from ``begin``, or a checkpoint cannot be written.
        KeyboardInterrupt: somebody asked to stop; the step was finished and kept.
    """
    torch.manual_seed(seed)
    network = Network(shape)
    path, state = folder / CHECKPOINT, None
    if path.exists():
        state = torch.load(path, weights_only=True)
    elif begin is not None:
        begin(network)
    device = somewhere()
    learner, first = Learner(network.to(device)), 0
    if state is not None:
        learner.go_on(state)
        first = int(state["step"])
    if device.type == "cuda":
        learner.hasten(examples)
    processes = max(1, (os.cpu_count() or 1) - 1)
    log = (folder / "loss.jsonl").open("a", encoding="utf-8", buffering=1)
    steps_left = range(first, steps)
    taught = lessons(folder, seed, steps_left, examples, processes)
    with asked_to_stop() as asked:
        for step, lesson in zip(steps_left, taught, strict=True):
            loss = float(learner.step(lesson.to(device), rate_at(step, steps, peak_rate)))
            tell(Progress(step + 1, loss))
            log.write(json.dumps({"step": step + 1, "loss": round(loss, 3)}) + "\n")
            if (step + 1) % every == 0 or step + 1 == steps or asked():
                _keep(path, {"step": step + 1, **learner.state()})
            if asked():
                raise KeyboardInterrupt
    return learner.learnt()


def _keep(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint whole or not at all.

    Raises:
        DeskcueError: it could not be written.
    """
    try:
        with whole(path) as out:
            torch.save(state, out)
    except (RuntimeError, OSError) as error:  # PyTorch has its own for a full disk
        raise DeskcueError(
            f"cannot write {path}: {str(error).splitlines()[0]}; free some space and start again"
        ) from None
