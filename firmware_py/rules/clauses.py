"""The clauses of the service standard by id, with a short title each."""

import tomllib
from functools import cache
from importlib import resources

from firmware_py.rules.rulebook import Text


@cache
def clauses() -> dict[str, Text]:
    """Every clause in the order of the standard: id and title."""
    data = resources.files("firmware_py.rules").joinpath("clauses.toml").read_text("utf-8")
    return {clause: Text(**title) for clause, title in tomllib.loads(data).items()}
