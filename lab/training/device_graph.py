"""The device's graph: a step of hops with explicit state, for TensorFlow Lite to convert.

Its layers hold the weights of a ``network``, with normalisations folded in. Inputs and outputs are
the step, then the state: mel [1, 12, 1, 40], past mel [1, 5, 1, 40], caches [1, kernel - 1, 1,
channels]; logits [1, 4, 1, 59], then the same state for the next step.
"""

import numpy as np
import tensorflow as tf

from firmware_py.core.types import HOPS_PER_POSTERIOR, FloatArray
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from lab.training.network import EPSILON, LEFT, OFFSET, OUTPUTS, PAST, SCALE, Network

layers = tf.keras.layers

Weights = dict[str, FloatArray]


def _folded(weights: Weights, name: str) -> tuple[FloatArray, FloatArray]:
    """Weights, outputs first, and bias of a convolution with its batch normalisation folded in."""
    norm = f"{name}.norm"
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
    kernel = weights[f"{name}.conv.weight"]
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    whole = kernel * scale.reshape(-1, *[1] * (kernel.ndim - 1))
    return np.asarray(whole, np.float32), np.asarray(bias, np.float32)


def _convolved(
    x: tf.Tensor, kernel: FloatArray, bias: FloatArray, strides: tuple[int, int], activation: str
) -> tf.Tensor:
    """Convolve over two axes; the kernel is [outputs, inputs, ...] as in PyTorch."""
    kernel = kernel.reshape(*kernel.shape, *[1] * (4 - kernel.ndim)).transpose(2, 3, 1, 0)
    layer = layers.Conv2D(kernel.shape[3], kernel.shape[:2], strides, activation=activation)
    y = layer(x)
    layer.set_weights([kernel, bias])
    return y


def _front(heard: tf.Tensor, weights: Weights) -> tf.Tensor:
    """Find edges in time and bands: [1, 17, 1, 40] -> [1, 4, 1, channels]."""
    kernel, bias = _folded(weights, "first")
    # (mel + OFFSET) * SCALE is folded too, so that the device feeds plain log energies.
    bias = bias + kernel.sum(axis=(1, 2, 3)) * OFFSET * SCALE
    x = tf.reshape(heard, (1, PAST + HOPS_PER_STEP, BANDS, 1))
    x = _convolved(x, kernel * SCALE, bias, (1, 2), "relu6")
    kernel, bias = _folded(weights, "second")
    x = _convolved(x, kernel, bias, (HOPS_PER_POSTERIOR, 2), "relu6")
    x = tf.reshape(x, (1, HOPS_PER_STEP // HOPS_PER_POSTERIOR, 1, LEFT * kernel.shape[0]))
    return _convolved(x, *_folded(weights, "front"), (1, 1), "relu6")


def streaming(network: Network) -> tf.keras.Model:
    """Build the device's graph of what a network learnt."""
    weights = {name: found.numpy() for name, found in network.state_dict().items()}
    channels = network.shape.channels
    mel = tf.keras.Input((HOPS_PER_STEP, 1, BANDS), batch_size=1, name="mel")
    past = tf.keras.Input((PAST, 1, BANDS), batch_size=1, name="past")
    heard = tf.concat([past, mel], axis=1)
    x = _front(heard, weights)
    inputs, outputs = [mel, past], [heard[:, HOPS_PER_STEP:]]
    for number, kernel in enumerate(network.shape.kernels):
        cache = tf.keras.Input((kernel - 1, 1, channels), batch_size=1, name=f"cache{number}")
        seen = tf.concat([cache, x], axis=1)
        time = layers.DepthwiseConv2D((kernel, 1), use_bias=False)
        y = time(seen)
        looks = weights[f"blocks.{number}.time.weight"]  # [channels, 1, kernel]
        time.set_weights([looks.transpose(2, 1, 0)[..., None]])
        block = _folded(weights, f"blocks.{number}.mix")
        x = tf.nn.relu6(x + _convolved(y, *block, (1, 1), "linear"))
        inputs.append(cache)
        outputs.append(seen[:, -(kernel - 1) :])
    logits = _convolved(x, weights["phones.weight"], weights["phones.bias"], (1, 1), "linear")
    assert logits.shape[-1] == OUTPUTS
    return tf.keras.Model(inputs, [logits, *outputs])
