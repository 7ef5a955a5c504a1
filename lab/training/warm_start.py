"""Going on from a model of the device: its int8 weights become those of a network to learn.

Rounding to int8 costs a little of what was learnt, which a few hundred steps bring back; beginning
anew would cost thousands.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tflite_runtime.interpreter import Interpreter, OpResolverType
from torch import Tensor, nn

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import FloatArray
from lab.training.mixing import Mixer
from lab.training.network import EPSILON, OFFSET, SCALE, Block, Network, Normalised

BATCHES: Final = 12
"""How many mixtures the spread of every layer's outputs is taken from."""

Layer = tuple[FloatArray, FloatArray]
"""Weights, outputs first, and bias."""


def _real(interpreter: Interpreter, detail: dict[str, Any]) -> FloatArray:
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
    interpreter = Interpreter(str(model), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    details = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    for operation in interpreter._get_ops_details():
        if operation["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            _, weights, bias = (details[number] for number in operation["inputs"])
            yield _real(interpreter, weights), _real(interpreter, bias)


def _give(parameter: Tensor, values: FloatArray) -> None:
    """Set a parameter.

    Raises:
        ValueError: it has another shape.
    """
    if parameter.numel() != values.size:
        raise ValueError(f"{values.shape} is no {tuple(parameter.shape)}")
    parameter.copy_(torch.from_numpy(values.reshape(parameter.shape).copy()))


def _put_one(part: Normalised, kernel: FloatArray, bias: FloatArray) -> None:
    """Give a convolution these weights; its normalisation only adds the bias."""
    _give(part.conv.weight, kernel)
    _give(part.norm.bias, bias)
    part.norm.weight.fill_(1.0)
    _give(running(part)[0], np.zeros_like(bias))
    _give(running(part)[1], np.full_like(bias, 1 - EPSILON))


def running(part: Normalised) -> tuple[Tensor, Tensor]:
    """Give the mean and variance that a normalisation expects."""
    mean, variance = part.norm.running_mean, part.norm.running_var
    assert mean is not None
    assert variance is not None
    return mean, variance


def _put(network: Network, layers: list[Layer]) -> None:
    """Give the network these weights."""
    (kernel, bias), second, front, *pairs, phones = layers
    # The device's graph has (mel + OFFSET) * SCALE folded into weights and bias.
    bias = bias - kernel.sum(axis=(1, 2, 3)) * OFFSET
    _put_one(network.first, kernel.transpose(0, 3, 1, 2) / SCALE, bias)
    _put_one(network.second, second[0].transpose(0, 3, 1, 2), second[1])
    _put_one(network.front, *front)
    for block, time, mix in zip(blocks_of(network), pairs[::2], pairs[1::2], strict=False):
        _give(block.time.weight, time[0][0, :, 0].T)
        _put_one(block.mix, *mix)
    _give(network.phones.weight, phones[0])
    _give(network.phones.bias, phones[1])


def blocks_of(network: Network) -> list[Block]:
    """Give the blocks of a network."""
    return [block for block in network.blocks if isinstance(block, Block)]


def _normalise(parts: list[Normalised], network: Network, mixer: Mixer) -> None:
    """Let every normalisation do the same with the true mean and variance of its inputs.

    While learning it uses those of the batch, so that is what the weights must expect.
    """
    sums = {part.norm: (part, [torch.zeros(1), torch.zeros(1)]) for part in parts}

    def watch(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        both = sums[norm][1]
        rows = inputs[0].transpose(0, 1).flatten(1).double()
        both[0] = both[0] + rows.mean(dim=1) / BATCHES
        both[1] = both[1] + rows.square().mean(dim=1) / BATCHES

    hooks = [part.norm.register_forward_pre_hook(watch) for part in parts]
    for number in range(BATCHES):
        network(torch.from_numpy(mixer.batch(number).mel))
    for hook in hooks:
        hook.remove()
    for part, (mean, square) in sums.values():
        variance = square - mean.square()
        part.norm.weight.copy_((variance + EPSILON).sqrt())
        part.norm.bias.add_(mean)
        for kept, found in zip(running(part), (mean, variance), strict=True):
            kept.copy_(found)


@torch.no_grad()  # type: ignore[untyped-decorator]  # no types without PyTorch
def adopt(network: Network, device_model: Path, mixer: Mixer) -> None:
    """Begin with the weights of a file that ``export`` wrote; it may have fewer blocks.

    Raises:
        DeskcueError: the file holds a network of another shape.
    """
    layers = list(_layers(device_model))
    known = (len(layers) - 4) // 2
    try:
        _put(network, layers)
    except ValueError:
        raise DeskcueError(
            f"{device_model} holds a network of another shape; leave --begin away"
        ) from None
    blocks = blocks_of(network)
    parts = [network.first, network.second, network.front]
    network.eval()
    _normalise(parts + [block.mix for block in blocks[:known]], network, mixer)
    for block in blocks[known:]:  # one that the file lacks begins by doing nothing
        block.mix.norm.weight.zero_()
    network.middle.load_state_dict(network.phones.state_dict())
