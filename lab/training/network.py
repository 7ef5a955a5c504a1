"""The network: a causal depthwise-separable stack that writes CTC logits (Graves et al., 2006).

The same weights live in two graphs: one over whole examples for learning, one over a step of hops
with explicit state for the device. Every block ends in ReLU, so all state is at least 0 and the
int8 zero-point of every cache is the same.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import tensorflow as tf

from firmware_py.hearing.mel import BANDS, FLOOR
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.spelling import TOKENS

STRIDE: Final = 3
KERNEL: Final = 6
"""Hops that the first convolution sees."""
OUTPUTS: Final = len(TOKENS) + 1
HIGHEST: Final = 6.0
"""Where every activation is cut off."""
WIDEST: Final = 7.0
"""Range, either way, that the device's int8 steps of other activations come out at, about."""
LEFT_OUT: Final = 0.02
"""Share of a block's channels left out of an example while learning (Tompson et al., 2015)."""

layers = tf.keras.layers


@dataclass(frozen=True)
class Shape:
    """How large the network is."""

    channels: int = 192
    kernels: tuple[int, ...] = (5, 5, 7, 7, 7, 7, 7, 7, 5, 5, 7, 7, 7, 7)


SMOKE: Final = Shape(channels=32, kernels=(5, 5))


def _normal(mel: tf.Tensor) -> tf.Tensor:
    """Bring log energies to about -2 to 2."""
    return (mel + 14.0) * 0.25


def _rounded(x: tf.Tensor, lowest: float, highest: float) -> tf.Tensor:
    """Round to the 256 steps that the device has, so that learning allows for it (Jacob, 2018)."""
    return tf.quantization.fake_quant_with_min_max_args(x, lowest, highest)


def build(shape: Shape) -> tf.keras.Model:
    """Build the graph for learning: log-mel [n, hops, 40] -> logits [n, hops / 3, 59]."""
    mel = tf.keras.Input((None, BANDS), name="mel")
    silence = float(np.log(FLOOR))
    x = tf.pad(mel, [[0, 0], [KERNEL - STRIDE, 0], [0, 0]], constant_values=silence)
    x = layers.Conv1D(shape.channels, KERNEL, STRIDE, use_bias=False, name="front")(_normal(x))
    x = layers.ReLU(HIGHEST)(layers.BatchNormalization(name="front_norm")(x))
    for number, kernel in enumerate(shape.kernels):
        y = tf.pad(x, [[0, 0], [kernel - 1, 0], [0, 0]])
        y = layers.DepthwiseConv1D(kernel, use_bias=False, name=f"time{number}")(y)
        y = _rounded(y, -WIDEST, WIDEST)
        y = layers.Conv1D(shape.channels, 1, use_bias=False, name=f"mix{number}")(y)
        y = layers.BatchNormalization(name=f"norm{number}")(y)
        y = layers.SpatialDropout1D(LEFT_OUT)(y)
        y = _rounded(y, -WIDEST, WIDEST)
        x = _rounded(layers.ReLU(HIGHEST, name=f"block{number}")(x + y), 0.0, HIGHEST)
    return tf.keras.Model(mel, layers.Conv1D(OUTPUTS, 1, name="phones")(x))


def with_middle(model: tf.keras.Model, shape: Shape) -> tf.keras.Model:
    """Give the network a second head in the middle, which only learning needs (Lee, 2021).

    Returns:
        A model of the same layers: log-mel -> logits of the end, logits of the middle.
    """
    half = model.get_layer(f"block{len(shape.kernels) // 2 - 1}").output
    middle = layers.Conv1D(OUTPUTS, 1, name="middle")(half)
    return tf.keras.Model(model.input, [model.output, middle])


def _folded(model: tf.keras.Model, conv: str, norm: str) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of a convolution with its batch normalisation folded in."""
    gamma, beta, mean, variance = model.get_layer(norm).get_weights()
    scale = gamma / np.sqrt(variance + model.get_layer(norm).epsilon)
    return model.get_layer(conv).get_weights()[0] * scale, beta - mean * scale


def streaming(model: tf.keras.Model, shape: Shape) -> tf.keras.Model:
    """Build the device's graph with the same weights: inputs and outputs are step, then caches.

    Inputs: mel [1, 12, 1, 40], past mel [1, 3, 1, 40], caches [1, kernel - 1, 1, channels].
    Outputs: logits [1, 4, 1, 59], then the same caches for the next step.
    """
    weights, bias = _folded(model, "front", "front_norm")
    # (mel + 14) / 4 is folded too, so that the device feeds plain log energies.
    bias = bias + weights.sum(axis=(0, 1)) * 14.0 * 0.25
    mel = tf.keras.Input((HOPS_PER_STEP, 1, BANDS), batch_size=1, name="mel")
    past = tf.keras.Input((KERNEL - STRIDE, 1, BANDS), batch_size=1, name="past")
    heard = tf.concat([past, mel], axis=1)
    front = layers.Conv2D(shape.channels, (KERNEL, 1), (STRIDE, 1), activation="relu6")
    x = front(heard)
    front.set_weights([(weights * 0.25)[:, None], bias])
    inputs, outputs = [mel, past], [heard[:, HOPS_PER_STEP:]]
    for number, kernel in enumerate(shape.kernels):
        cache = tf.keras.Input((kernel - 1, 1, shape.channels), batch_size=1, name=f"cache{number}")
        seen = tf.concat([cache, x], axis=1)
        time = layers.DepthwiseConv2D((kernel, 1), use_bias=False)
        mix = layers.Conv2D(shape.channels, 1)
        y = mix(time(seen))
        time.set_weights(
            [model.get_layer(f"time{number}").get_weights()[0].reshape(kernel, 1, -1, 1)]
        )
        weights, bias = _folded(model, f"mix{number}", f"norm{number}")
        mix.set_weights([weights[:, None], bias])
        x = tf.nn.relu6(x + y)
        inputs.append(cache)
        outputs.append(seen[:, -(kernel - 1) :])
    phones = layers.Conv2D(OUTPUTS, 1)
    logits = phones(x)
    weights, bias = model.get_layer("phones").get_weights()
    phones.set_weights([weights[:, None], bias])
    return tf.keras.Model(inputs, [logits, *outputs])
