"""Whether two machines say the same of a call."""

from pathlib import Path

import pytest

from lab import arm64
from lab.results import load_runs

HERE = """{"type": "finding", "rule": "F5", "score": -0.0992}
{"type": "summary", "seconds": 59.36, "cpu_seconds": 0.7}
"""


def run(folder: Path, there: str) -> int:
    (folder / "here").write_text(HERE, "utf-8")
    (folder / "there").write_text(there, "utf-8")
    named = f"trixie=aarch64=3.13.5={folder / 'there'}"
    return arm64.main(["--here", str(folder / "here"), "--folder", str(folder), named])


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        ("0.7}", "31.5}", 0),
        ("-0.0992", "-0.0993", 1),
        ('{"type": "finding", "rule": "F5", "score": -0.0992}\n', "", 2),
    ],
)
def test_all_but_cost_must_be_the_same(old: str, new: str, differ: int, tmp_path: Path) -> None:
    assert run(tmp_path, HERE.replace(old, new)) == bool(differ)
    ((result,),) = [run.results for run in load_runs(tmp_path)]
    assert (result.value, result.n, result.passed) == (differ, 2, not differ)


@pytest.mark.parametrize("there", ["", "no JSON"])
def test_what_is_no_replay_is_told(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, there) == 2
    assert capsys.readouterr().err
