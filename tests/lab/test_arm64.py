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
    return arm64.main(
        ["--commit", "0" * 40, "--here", str(folder / "here"), "--folder", str(folder), named]
    )


@pytest.mark.parametrize(
    ("old", "new", "differ", "but_for_scores", "off"),
    [
        ("0.7}", "31.5}", 0, 0, 0.0),
        ("-0.0992", "-0.0993", 1, 0, 0.0001),
        ('"F5"', '"F6"', 1, 1, 0.0),
        ('{"type": "finding", "rule": "F5", "score": -0.0992}\n', "", 2, 2, 0.0992),
    ],
)
def test_all_but_cost_must_be_the_same(
    old: str, new: str, differ: int, but_for_scores: int, off: float, tmp_path: Path
) -> None:
    assert run(tmp_path, HERE.replace(old, new)) == bool(differ)
    found = {one.id: one for run in load_runs(tmp_path) for one in run.results}
    whole, bare = found["arm64.trixie.differ"], found["arm64.trixie.findings.differ"]
    assert (whole.value, whole.n, whole.passed) == (differ, 2, not differ)
    assert (bare.value, bare.passed) == (but_for_scores, not but_for_scores)
    assert found["arm64.trixie.score.off"].value == pytest.approx(off)


@pytest.mark.parametrize("there", ["", "no JSON"])
def test_what_is_no_replay_is_told(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, there) == 2
    assert capsys.readouterr().err
