"""Learns the two-layer networks that the device decides by, with L-BFGS (Liu & Nocedal, 1989)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is learnt."""

    units: int = 6
    decay: float = 3.0
    """Weight of the squares of what it learns."""
    steps: int = 250


class TwoLayers:
    """Two layers with a way past them."""

    def __init__(self, features: int, seed: int, recipe: Recipe) -> None:
        """Begin with small weights by chance."""
        self._recipe = recipe
        units = recipe.units
        self._shapes = [(features, units), (units,), (units,), (features,), (1,)]
        rng = np.random.default_rng(seed)
        scales = (0.3, 0.0, 0.1, 0.0, 0.0)
        parts = [
            rng.normal(0, scale, shape) for scale, shape in zip(scales, self._shapes, strict=True)
        ]
        self.weights = np.concatenate([part.ravel() for part in parts])

    def parts(self, weights: Floats | None = None) -> list[Floats]:
        """Give hidden weights and bias, weights of the units, direct weights, bias."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])[:-1]
        whole = self.weights if weights is None else weights
        return [
            part.reshape(shape)
            for part, shape in zip(np.split(whole, ends), self._shapes, strict=True)
        ]

    def learn(self, x: Floats, right: npt.NDArray[np.bool_], weight: Floats) -> None:
        """Learn to tell what is right, [examples, features], each of a weight."""
        sign, decay = np.where(right, 1.0, -1.0), self._recipe.decay

        def loss(weights: Floats) -> tuple[float, Floats]:
            hidden, hidden_bias, out, direct, bias = self.parts(weights)
            units = np.tanh(x @ hidden + hidden_bias)
            odds = units @ out + x @ direct + bias
            pull = -weight * sign / (1 + np.exp(np.clip(sign * odds, -50, 50)))
            back = np.outer(pull, out) * (1 - units**2)
            cost = float((weight * np.logaddexp(0, -sign * odds)).sum())
            cost += decay * float((hidden**2).sum() + (out**2).sum() + (direct**2).sum())
            slopes = [
                x.T @ back + 2 * decay * hidden,
                back.sum(axis=0),
                units.T @ pull + 2 * decay * out,
                x.T @ pull + 2 * decay * direct,
                pull.sum(keepdims=True),
            ]
            return cost, np.concatenate([slope.ravel() for slope in slopes])

        options = {"maxiter": self._recipe.steps}
        found = minimize(loss, self.weights, jac=True, method="L-BFGS-B", options=options)
        self.weights = found.x
