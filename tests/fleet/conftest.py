"""What the tests of the server's side have in common."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.postgres import Postgres, running
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of this process."""
    with running(durable=False) as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """URL of an empty PostgreSQL database."""
    return postgres.create(f"test_{uuid.uuid4().hex}")
