"""Runs ``deskcue`` in this process and looks at what it prints."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from firmware_py.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output, which must be one JSON object a line and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


class Deskcue:
    """The command line."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: object) -> Ran:
        """Run it; an exit by the parser counts as an exit code."""
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        seen = self._capture.readouterr()
        return Ran(code, seen.out, seen.err)
