"""What the tests of fetching have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import deskcue
from tests.fetch.publisher import Publisher

__all__ = ["deskcue"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Publisher]:
    """A site that has published a rulebook."""
    made = Publisher(tmp_path)
    made.publish(a=b"first")
    made.start()
    yield made
    made.stop()
