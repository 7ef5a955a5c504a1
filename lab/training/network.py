"""The network: a causal stack that writes CTC logits (Graves et al., 2006), as PyTorch learns it.

Two small convolutions over time and bands find edges of formants wherever a speaker has them; then
depthwise-separable blocks look back in time. ``device_graph`` lays the same weights out for the
device. Every block ends in a ReLU cut off at 6, so all state is at least 0 and the int8 zero-point
of every cache is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from firmware_py.core.types import HOPS_PER_POSTERIOR
from firmware_py.hearing.mel import FLOOR
from firmware_py.hearing.spelling import TOKENS

FILTERS: Final = (16, 32)
"""Channels of the two convolutions over time and bands."""
FIRST: Final = (5, 5)
"""Hops and bands that the first one sees; it keeps every second band."""
SECOND: Final = (4, 3)
"""Hops and bands that the second one sees; it keeps every third hop and every second band."""
PAST: Final = FIRST[0] + SECOND[0] - 1 - HOPS_PER_POSTERIOR
"""Hops before a step that the two see."""
LEFT: Final = 8
"""Bands that the two leave."""
OUTPUTS: Final = len(TOKENS) + 1
HIGHEST: Final = 6.0
"""Where every activation is cut off."""
OFFSET: Final = 14.0
SCALE: Final = 0.25
"""Log energies come to about -2 to 2 by (mel + OFFSET) * SCALE."""
EPSILON: Final = 1e-3
"""Of every batch normalisation."""


@dataclass(frozen=True)
class Shape:
    """How large the network is."""

    channels: int = 208
    kernels: tuple[int, ...] = (5, 5, 7, 7, 7, 7, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7)
    left_out: float = 0.03
    """Share of a block's channels left out of an example while learning (Tompson et al., 2015)."""


SMOKE: Final = Shape(channels=32, kernels=(5, 5))


def _rounded(x: Tensor) -> Tensor:
    """Round to the 255 steps that the device has between the outermost values (Jacob, 2018).

    Learning then allows for it, and keeps the outermost values near the others.
    """
    step = x.detach().abs().amax().clamp_min(1e-6) / 127
    zero = torch.zeros(1, dtype=torch.int32, device=x.device)
    return torch.fake_quantize_per_tensor_affine(x, step, zero, -127, 127)


def _rounded_rows(weight: Tensor) -> Tensor:
    """Round weights as the device has them: 255 steps for each output."""
    widest = weight.detach().flatten(1).abs().amax(1).clamp_min(1e-8)
    step = (widest / 127).reshape(-1, *[1] * (weight.ndim - 1))
    # The gradient goes past the rounding (Bengio et al., 2013).
    return weight + (torch.round(weight / step) * step - weight).detach()


class Convolution(nn.Module):  # type: ignore[misc]  # no types without PyTorch
    """A convolution over one or two axes; while learning, its weights and sums are rounded."""

    def __init__(
        self, shape: tuple[int, ...], stride: tuple[int, ...] = (1,), groups: int = 1
    ) -> None:
        """Begin with small random weights, shape [outputs, inputs, ...]."""
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)
        self._stride, self._groups = stride, groups

    def forward(self, x: Tensor) -> Tensor:
        """Convolve without padding."""
        weight = _rounded_rows(self.weight) if self.training else self.weight
        convolve = functional.conv2d if x.ndim == 4 else functional.conv1d
        weight = weight.reshape(*weight.shape, *[1] * (x.ndim - weight.ndim))
        return convolve(x, weight, stride=self._stride, groups=self._groups)


class Normalised(nn.Module):  # type: ignore[misc]  # no types without PyTorch
    """A convolution, then batch normalisation (Ioffe and Szegedy, 2015)."""

    def __init__(self, shape: tuple[int, ...], stride: tuple[int, ...] = (1,)) -> None:
        """Begin with small random weights."""
        super().__init__()
        self.conv = Convolution(shape, stride)
        norm = nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d
        self.norm = norm(shape[0], EPSILON, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve and normalise."""
        result: Tensor = self.norm(self.conv(x))
        return result


class Activation(nn.Module):  # type: ignore[misc]  # no types without PyTorch
    """A ReLU cut off at 6; while learning, rounded to the device's 256 steps."""

    def forward(self, x: Tensor) -> Tensor:
        """Cut off."""
        x = functional.relu6(x)
        if not self.training:
            return x
        return torch.fake_quantize_per_tensor_affine(x, HIGHEST / 255, 0, 0, 255)


class Block(nn.Module):  # type: ignore[misc]  # no types without PyTorch
    """Looks back over some frames in each channel, mixes channels, adds what came in."""

    def __init__(self, channels: int, kernel: int, left_out: float) -> None:
        """Begin with small random weights."""
        super().__init__()
        self._past = kernel - 1
        self.time = Convolution((channels, 1, kernel), groups=channels)
        self.mix = Normalised((channels, channels))
        self.drop = nn.Dropout1d(left_out)
        self.cut = Activation()

    def forward(self, x: Tensor) -> Tensor:
        """Take and give shape [n, channels, frames]."""
        y = self.time(functional.pad(x, (self._past, 0)))
        y = self.drop(self.mix(_rounded(y) if self.training else y))
        result: Tensor = self.cut(x + (_rounded(y) if self.training else y))
        return result


class Network(nn.Module):  # type: ignore[misc]  # no types without PyTorch
    """Log-mel rows [n, hops, 40] -> logits of the end and of the middle, [n, hops / 3, 59].

    The head in the middle is there for learning alone (Lee and Watanabe, 2021).
    """

    def __init__(self, shape: Shape) -> None:
        """Begin with small random weights."""
        super().__init__()
        self.shape = shape
        near, far = FILTERS
        self.first = Normalised((near, 1, *FIRST), (1, 2))
        self.second = Normalised((far, near, *SECOND), (HOPS_PER_POSTERIOR, 2))
        self.front = Normalised((shape.channels, LEFT * far))
        self.cut = Activation()
        self.blocks = nn.ModuleList(
            Block(shape.channels, kernel, shape.left_out) for kernel in shape.kernels
        )
        self.middle = nn.Linear(shape.channels, OUTPUTS)
        self.phones = nn.Linear(shape.channels, OUTPUTS)

    def _heard(self, mel: Tensor) -> Tensor:
        """Find edges in time and bands: what the first block takes, [n, channels, frames]."""
        mel = functional.pad(mel, (0, 0, PAST, 0), value=float(np.log(FLOOR)))
        x = self.cut(self.first(((mel + OFFSET) * SCALE)[:, None]))
        x = self.cut(self.second(x))
        x = x.permute(0, 3, 1, 2).flatten(1, 2)  # bands before filters, as the device has them
        result: Tensor = self.cut(self.front(x))
        return result

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Run over whole examples."""
        x = self._heard(mel)
        half = len(self.blocks) // 2
        for block in self.blocks[:half]:
            x = block(x)
        middle = self.middle(x.transpose(1, 2))
        for block in self.blocks[half:]:
            x = block(x)
        return self.phones(x.transpose(1, 2)), middle

    def mixing(self) -> Iterator[nn.Parameter]:
        """Give the matrices that mix channels; the other parameters follow another rule."""
        yield self.front.conv.weight
        yield from (block.mix.conv.weight for block in self.blocks if isinstance(block, Block))
