"""Going on from a model of the device: its int8 weights become those of a network to learn.

Rounding to int8 costs a little of what was learnt, which a few hundred steps bring back; beginning
anew would cost thousands.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import FloatArray
from lab.training.mixing import Mixer
from lab.training.network import Shape

BATCHES = 12
"""How many mixtures the spread of every layer's outputs is taken from."""

Layer = tuple[FloatArray, FloatArray]
"""Weights and bias."""


def _real(interpreter: tf.lite.Interpreter, detail: dict[str, Any]) -> FloatArray:
    """Undo the quantisation of a constant."""
    found = detail["quantization_parameters"]
    steps = interpreter.get_tensor(detail["index"]).astype(np.float32)
    shape = [1] * steps.ndim
    if len(found["scales"]) > 1:
        shape[found["quantized_dimension"]] = -1
    real = (steps - found["zero_points"].reshape(shape)) * found["scales"].reshape(shape)
    return np.asarray(real, np.float32)


def _layers(model: Path) -> Iterator[Layer]:
    """Give the convolutions of a model file in the order in which they run."""
    interpreter = tf.lite.Interpreter(
        str(model), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    details = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    for operation in interpreter._get_ops_details():
        if operation["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            _, weights, bias = (details[number] for number in operation["inputs"])
            yield _real(interpreter, weights), _real(interpreter, bias)


def _put(model: tf.keras.Model, layers: list[Layer]) -> None:
    """Give the network these weights; its normalisations only add the bias."""
    weights, bias = layers[0]
    model.get_layer("front").set_weights([weights[:, :, 0].transpose(1, 2, 0) * 4.0])
    # The device's graph has (mel + 14) / 4 folded into weights and bias.
    _add_only(model, "front_norm", bias - weights.sum(axis=(1, 2, 3)) * 14.0)
    for number, (time, mix) in enumerate(zip(layers[1:-1:2], layers[2:-1:2], strict=True)):
        model.get_layer(f"time{number}").set_weights([time[0][0, :, 0, :, None]])
        model.get_layer(f"mix{number}").set_weights([mix[0][:, :, 0].transpose(1, 2, 0)])
        _add_only(model, f"norm{number}", mix[1])
    weights, bias = layers[-1]
    model.get_layer("phones").set_weights([weights[:, :, 0].transpose(1, 2, 0), bias])


def _add_only(model: tf.keras.Model, norm: str, bias: np.ndarray) -> None:
    layer = model.get_layer(norm)
    one = np.ones_like(bias)
    layer.set_weights([one, bias, 0 * one, one * (1 - layer.epsilon)])


def _normalise(model: tf.keras.Model, norms: list[str], mixer: Mixer) -> None:
    """Let every normalisation do the same with the true mean and variance of its inputs.

    While learning it uses those of the batch, so that is what the weights must expect.
    """
    watch = tf.keras.Model(model.input, [model.get_layer(norm).input for norm in norms])
    sums = [[np.zeros(1), np.zeros(1)] for _ in norms]
    for number in range(BATCHES):
        for both, out in zip(sums, watch(mixer.batch(number).mel, training=False), strict=True):
            rows = out.numpy().reshape(-1, out.shape[-1]).astype(np.float64)
            both[0] = both[0] + rows.mean(axis=0) / BATCHES
            both[1] = both[1] + np.square(rows).mean(axis=0) / BATCHES
    for norm, (mean, square) in zip(norms, sums, strict=True):
        layer = model.get_layer(norm)
        variance = square - np.square(mean)
        _, bias, _, _ = layer.get_weights()
        layer.set_weights([np.sqrt(variance + layer.epsilon), bias + mean, mean, variance])


def adopt(model: tf.keras.Model, shape: Shape, device_model: Path, mixer: Mixer) -> None:
    """Begin ``model`` with the weights of a file that ``export`` wrote; it may have fewer blocks.

    Raises:
        DeskcueError: the file holds a network of another shape.
    """
    layers = list(_layers(device_model))
    try:
        _put(model, layers)
    except (ValueError, IndexError):
        raise DeskcueError(
            f"{device_model} holds a network of another shape; leave --begin away"
        ) from None
    norms = ["front_norm", *(f"norm{number}" for number in range(len(shape.kernels)))]
    known = len(layers) // 2
    _normalise(model, norms[:known], mixer)
    for norm in norms[known:]:  # a block more than the file has begins by doing nothing
        layer = model.get_layer(norm)
        layer.set_weights([0 * layer.get_weights()[0], *layer.get_weights()[1:]])
