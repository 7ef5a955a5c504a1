"""The command line as a whole."""

import subprocess
import sys

import pytest

from firmware_py import __version__
from firmware_py.commands import ALIASES, COMMANDS
from tests.commands.conftest import deskcue
from tests.commands.running import Deskcue

__all__ = ["deskcue"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, deskcue: Deskcue) -> None:
    shown = deskcue(name, "--help")
    assert shown.code == 0
    assert shown.out.startswith(f"usage: deskcue {name}")


@pytest.mark.parametrize(("former", "name"), ALIASES.items())
def test_a_former_name_is_understood_but_not_listed(
    former: str, name: str, deskcue: Deskcue
) -> None:
    assert deskcue(former, "--help").out.startswith(f"usage: deskcue {name}")
    assert f"    {former} " not in deskcue("--help").out


def test_the_help_lists_every_command(deskcue: Deskcue) -> None:
    shown = deskcue("--help")
    assert shown.code == 0
    assert all(f"\n    {name}" in shown.out for name in COMMANDS)


def test_the_version_is_told(deskcue: Deskcue) -> None:
    assert deskcue("--version").out == f"deskcue {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["sing"], ["replay"], ["replay", "--sideways", "x.wav"], ["spot", "x.wav"], ["rules"]],
)
def test_wrong_use_exits_with_2_and_shows_the_usage(arguments: list[str], deskcue: Deskcue) -> None:
    shown = deskcue(*arguments)
    assert shown.code == 2
    assert shown.err.startswith("usage: deskcue")
    assert "Traceback" not in shown.err


def test_who_has_read_enough_is_no_error() -> None:
    command = f"{sys.executable} -m firmware_py.cli phrases list --json | head -1"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr == ""
    assert run.stdout.count("\n") == 1
