"""What the tests of the outputs have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mosquitto import Mosquitto


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker."""
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()
