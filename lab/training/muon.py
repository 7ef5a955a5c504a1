"""Muon: steps along the orthogonalised momentum of every matrix (Jordan et al., 2024).

It gives every direction of a matrix the same say, where Adam follows the few that are loudest.
What that is worth here stands in ``docs/measurements.md``.
"""

from typing import Final

import tensorflow as tf

MOMENTUM: Final = 0.95
LIKE_ADAM: Final = 0.2
"""Root mean square of a step at rate 1, about that of Adam's (Liu et al., 2025)."""


def orthogonal(matrix: tf.Tensor) -> tf.Tensor:
    """Bring all singular values near 1, without changing their directions.

    Five rounds of the quintic Newton-Schulz iteration with the coefficients of Jordan et al., which
    need no more than that because they settle between about 0.7 and 1.2 instead of at 1.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = tf.transpose(matrix) if tall else matrix
    x = x / (tf.norm(x) + 1e-7)
    for _ in range(5):
        square = tf.matmul(x, x, transpose_b=True)
        x = 3.4445 * x + tf.matmul(2.0315 * tf.matmul(square, square) - 4.7750 * square, x)
    return tf.transpose(x) if tall else x


def mixes(variable: tf.Variable, channels: int) -> bool:
    """Whether a kernel mixes channels into channels; the rest is better served by Adam."""
    return len(variable.shape) == 3 and variable.shape[-1] == channels


class Muon(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
    """The momentum of some kernels, each of shape [taps, inputs, outputs]."""

    def __init__(self, kernels: list[tf.Variable]) -> None:
        """Begin at rest."""
        super().__init__()
        self._kernels = kernels
        self.momentum = [tf.Variable(tf.zeros_like(kernel)) for kernel in kernels]

    def step(self, gradients: list[tf.Tensor], rate: tf.Tensor) -> None:
        """Go one step down, with Nesterov's look ahead."""
        for kernel, momentum, slope in zip(self._kernels, self.momentum, gradients, strict=True):
            momentum.assign(MOMENTUM * momentum + slope)
            taps, inputs, outputs = kernel.shape
            ahead = tf.reshape(slope + MOMENTUM * momentum, (taps * inputs, outputs))
            length = LIKE_ADAM * float(max(ahead.shape)) ** 0.5
            kernel.assign_sub(rate * length * tf.reshape(orthogonal(ahead), kernel.shape))
