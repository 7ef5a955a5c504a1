"""What the tests of the server's side have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import deskcue
from tests.fleet.floor import Floor

__all__ = ["deskcue"]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A site whose broker runs."""
    made = Floor(tmp_path)
    made.start()
    yield made
    made.stop()
