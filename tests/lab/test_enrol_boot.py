"""How a device enrolled, from the lines of ``scripts/enrol-boot``."""

from pathlib import Path

import pytest

from lab import enrol_boot
from lab.results import load_runs

GOOD = "ok      the device has its name\n"
BAD = "FAILED  the token is in no file\n"


@pytest.mark.parametrize(("text", "failed"), [(GOOD, 0), (GOOD + BAD + GOOD, 1)])
def test_what_failed_is_counted_and_named(text: str, failed: int, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text(text, "utf-8")
    told = ["trixie", "25.1", str(tmp_path / "lines.txt"), "--folder", str(tmp_path)]
    assert enrol_boot.main(told) == 0
    (recorded,) = load_runs(tmp_path)
    (result,) = recorded.results
    assert (result.value, result.n, result.passed) == (failed, text.count("\n"), not failed)
    assert result.remarks == ("the token is in no file" if failed else "")


@pytest.mark.parametrize("text", ["", "done\n"])
def test_other_lines_are_no_result(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines.txt").write_text(text, "utf-8")
    told = ["trixie", "25.1", str(tmp_path / "lines.txt"), "--folder", str(tmp_path)]
    assert enrol_boot.main(told) == 2
    assert "not the lines" in capsys.readouterr().err
    assert not load_runs(tmp_path)
