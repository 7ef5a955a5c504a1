"""What the tests of the lab borrow."""

from tests.fleet.conftest import database, postgres

__all__ = ["database", "postgres"]
