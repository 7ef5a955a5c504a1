"""The rulebook of a running device, while its file changes."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.rules.reloader import RulebookReloader
from tests.rules.said import HEAD


def write(path: Path, text: str) -> None:
    """Replace the file as an editor does: write aside, then rename."""
    aside = path.with_suffix(".new")
    aside.write_text(text, "utf-8")
    aside.replace(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    write(path, f"version = 1\n{HEAD}")
    return path


def test_a_good_change_is_taken_up_once(path: Path) -> None:
    reloader = RulebookReloader(path)
    assert not reloader.refresh()
    write(path, f"version = 2\n{HEAD}")
    assert reloader.refresh()
    assert reloader.rulebook.version == 2
    assert not reloader.refresh()


def test_a_faulty_change_leaves_the_last_good_one_in_force_and_is_told_once(path: Path) -> None:
    reloader = RulebookReloader(path)
    write(path, f"version = 2\n{HEAD}\n[[rule]]\n")
    assert reloader.refresh()
    assert reloader.rulebook.version == 1
    assert reloader.problem is not None
    assert f"{path}:5: rule 1: " in reloader.problem
    assert "version 1" in reloader.problem
    assert not reloader.refresh()
    write(path, f"version = 3\n{HEAD}")
    assert reloader.refresh()
    assert reloader.rulebook.version == 3
    assert not reloader.problem


def test_a_file_that_vanishes_is_told_and_back_is_well(path: Path) -> None:
    reloader = RulebookReloader(path)
    text = path.read_text("utf-8")
    path.unlink()
    assert reloader.refresh()
    assert reloader.problem is not None
    assert "cannot read it" in reloader.problem
    write(path, text)
    assert reloader.refresh()
    assert reloader.problem is None


def test_the_same_text_written_again_is_no_news(path: Path) -> None:
    reloader = RulebookReloader(path)
    write(path, path.read_text("utf-8"))
    assert not reloader.refresh()


def test_a_faulty_file_at_the_start_is_an_error(path: Path) -> None:
    write(path, "x")
    with pytest.raises(DeskcueError):
        RulebookReloader(path)
