"""Fitting the network: CTC on endless mixtures, with checkpoints to go on from."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.spelling import BLANK
from lab.training import store
from lab.training.feeding import batches
from lab.training.mixing import Mixer
from lab.training.muon import Muon, mixes
from lab.training.network import Shape, build, with_middle
from lab.training.warm_start import adopt

PEAK_RATE = 2e-3
WARM_UP = 400
FALL = 0.5
"""The last part of all steps, over which the learning rate falls to nothing."""
MIDDLE = 0.3
"""Weight of the loss at the head in the middle, beside 1 for the one at the end."""
MEMORY = 0.9985
"""How much of the averaged weights stays at every step (Polyak and Juditsky, 1992)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a step went."""

    step: int
    loss: float


def _rate(step: int, steps: int) -> float:
    """Warm up, hold, fall (Hu et al., 2024).

    The rate knows its end only while it falls, so a run may go on from a checkpoint with other
    ``steps`` than it began with: more after a night, fewer when time is short.
    """
    left = max(0.0, (steps - step) / (FALL * steps))
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP, 0.002 + left)


def _sparse(tokens: list[tuple[int, ...]]) -> tf.SparseTensor:
    places = [(row, column) for row, said in enumerate(tokens) for column in range(len(said))]
    values = [token for said in tokens for token in said]
    longest = max(1, *(len(said) for said in tokens))
    return tf.SparseTensor(
        np.array(places, np.int64).reshape(-1, 2),
        np.array(values, np.int32),
        (len(tokens), longest),
    )


class _Trainer:
    """A network and what moves its weights; their running average is what is worth keeping."""

    def __init__(self, model: tf.keras.Model, shape: Shape) -> None:
        self.model = with_middle(model, shape)
        learnt = self.model.trainable_variables
        self._weights = model.weights
        self.average = [tf.Variable(weight, trainable=False) for weight in model.weights]
        self._kernels = [found for found in learnt if mixes(found, shape.channels)]
        self._rest = [found for found in learnt if not mixes(found, shape.channels)]
        self.muon = Muon(self._kernels)
        self.adam = tf.keras.optimizers.legacy.Adam(PEAK_RATE)

    @tf.function(  # type: ignore[untyped-decorator]  # TensorFlow has no types
        input_signature=[
            tf.TensorSpec([None, None, BANDS]),
            tf.SparseTensorSpec([None, None], tf.int32),
            tf.TensorSpec([]),
        ]
    )
    def step(self, mel: tf.Tensor, tokens: tf.SparseTensor, rate: tf.Tensor) -> tf.Tensor:
        """Go one step down; return the loss of an example, on average."""
        self.adam.learning_rate = rate
        with tf.GradientTape() as tape:
            end, middle = self.model(mel, training=True)
            loss = _loss(end, tokens)
            both = loss + MIDDLE * _loss(middle, tokens)
        gradients = tape.gradient(both, [*self._kernels, *self._rest])
        gradients, _ = tf.clip_by_global_norm(gradients, 200.0)
        self.muon.step(gradients[: len(self._kernels)], rate)
        self.adam.apply_gradients(zip(gradients[len(self._kernels) :], self._rest, strict=True))
        for average, weight in zip(self.average, self._weights, strict=True):
            average.assign(MEMORY * average + (1 - MEMORY) * weight)
        return loss

    def begin_average(self) -> None:
        """Let the average begin with the weights of now."""
        for average, weight in zip(self.average, self._weights, strict=True):
            average.assign(weight)

    def keep_average(self) -> None:
        """Give the network its averaged weights."""
        for average, weight in zip(self.average, self._weights, strict=True):
            weight.assign(average)


def _loss(logits: tf.Tensor, tokens: tf.SparseTensor) -> tf.Tensor:
    """CTC over the examples in which something is said, which come first."""
    spoken = tf.cast(tokens.dense_shape[0], tf.int32)
    losses = tf.compat.v1.nn.ctc_loss(
        tokens,
        tf.transpose(logits[:spoken], [1, 0, 2]),
        tf.fill([spoken], tf.shape(logits)[1]),
        ignore_longer_outputs_than_inputs=True,
    )
    # CTC wants a label; sound without speech is blank all along.
    silent = -tf.nn.log_softmax(logits[spoken:])[..., BLANK]
    examples = tf.cast(tf.shape(logits)[0], tf.float32)
    return (tf.reduce_sum(losses) + tf.reduce_sum(silent)) / examples


def fit(
    folder: Path,
    shape: Shape,
    steps: int,
    seed: int,
    tell: Callable[[Progress], None],
    begin: Path | None = None,
    every: int = 200,
) -> tf.keras.Model:
    """Learn for ``steps`` steps, going on from the last checkpoint in ``folder``, if any.

    Args:
        folder: where the store and the checkpoints lie.
        shape: of the network.
        steps: how many in all, those of the checkpoint included.
        seed: the same seed gives the same mixtures.
        tell: is told how every step went.
        begin: a model of the device to begin from where there is no checkpoint.
        every: steps between checkpoints.

    Raises:
        DeskcueError: ``begin`` has another shape.
    """
    tf.keras.utils.set_random_seed(seed)
    model = build(shape)
    trainer = _Trainer(model, shape)
    done = tf.Variable(0, dtype=tf.int64)
    checkpoint = tf.train.Checkpoint(
        model=trainer.model,
        muon=trainer.muon,
        adam=trainer.adam,
        average=trainer.average,
        done=done,
    )
    manager = tf.train.CheckpointManager(checkpoint, str(folder / "checkpoints"), max_to_keep=2)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint)
    elif begin is not None:
        adopt(model, shape, begin, Mixer(store.load(folder), seed + 1))
        trainer.begin_average()

    first = int(done.numpy())
    log = (folder / "loss.jsonl").open("a", encoding="utf-8", buffering=1)
    for step, batch in enumerate(batches(folder, seed, range(first, steps)), first):
        rate = tf.constant(_rate(step, steps), tf.float32)
        loss = float(trainer.step(tf.constant(batch.mel), _sparse(batch.tokens), rate))
        tell(Progress(step + 1, loss))
        log.write(json.dumps({"step": step + 1, "loss": round(loss, 3)}) + "\n")
        if (step + 1) % every == 0 or step + 1 == steps:
            done.assign(step + 1)
            manager.save()
    trainer.keep_average()
    return model
