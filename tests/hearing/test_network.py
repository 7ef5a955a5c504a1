"""A small network in a text file."""

from pathlib import Path

import numpy as np
import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.network import Network, load_network, to_json

NAMES = ("rate", "length")
NETWORK = Network(
    mean=np.array([1.0, 0.0], np.float32),
    scale=np.array([2.0, 1.0], np.float32),
    hidden=np.array([[1.0], [0.0]], np.float32),
    hidden_bias=np.array([0.5], np.float32),
    out=np.array([2.0], np.float32),
    direct=np.array([0.0, 1.0], np.float32),
    bias=-0.25,
)


def test_odds_are_those_of_two_layers_and_the_way_past_them() -> None:
    odds = NETWORK.odds(np.array([3.0, 0.5], np.float32))
    assert odds == pytest.approx(2 * np.tanh(1.5) + 0.5 - 0.25, abs=1e-6)


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    path.write_text(to_json(NETWORK, NAMES), "utf-8")
    x = np.array([0.3, -2.0], np.float32)
    assert load_network(path, NAMES).odds(x) == NETWORK.odds(x)


@pytest.mark.parametrize("text", ["{", "{}", to_json(NETWORK, ("rate", "pace"))])
def test_another_file_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "network.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DeskcueError, match=r"network\.json"):
        load_network(path, NAMES)
