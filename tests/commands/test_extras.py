"""A package that is missing is named; a module of our own that is missing stays a fault."""

import sys

import pytest

from firmware_py.commands.extras import MissingExtraError, needing


def test_the_line_names_the_package_and_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tuf", None)
    line = r"^tuf is not installed; this desk needs pip install 'deskcue\[fetch\]'$"
    with pytest.raises(MissingExtraError, match=line), needing("fetch", "this desk"):
        import tuf  # noqa: F401


def test_a_module_of_our_own_that_is_missing_is_a_fault() -> None:
    with pytest.raises(ModuleNotFoundError), needing("fleet", "this machine"):
        import firmware_py.nowhere  # type: ignore[import-not-found]  # noqa: F401
