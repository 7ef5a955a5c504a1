"""How the tests went under each Python, from pytest's own reports."""

from pathlib import Path

import pytest

from lab import matrix
from lab.results import load_runs

REPORT = """<testsuites><testsuite>
<testcase classname="tests.a" name="good"/>
<testcase classname="tests.a" name="known"><skipped type="pytest.xfail"/></testcase>
<testcase classname="tests.a" name="lacks"><skipped type="pytest.skip"/></testcase>
%s</testsuite></testsuites>"""
BAD = '<testcase classname="tests.b" name="bad"><failure/></testcase>'
BROKEN = '<testcase classname="tests.b" name="broken"><error/></testcase>'


def run(folder: Path, cases: str) -> int:
    report = folder / "report.xml"
    report.write_text(REPORT % cases, "utf-8")
    named = f"trixie=3.13.5={report}"
    return matrix.main(["--commit", "0123456789abcdef", "--folder", str(folder), named])


@pytest.mark.parametrize(("cases", "failed"), [("", 0), (BAD, 1), (BAD + BROKEN, 2)])
def test_what_failed_is_named_and_recorded(
    cases: str, failed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, cases) == bool(failed)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"trixie, Python 3.13.5: {failed} of {2 + failed} tests failed"
    assert lines[1:] == ["  tests.b.bad", "  tests.b.broken"][:failed]
    (recorded,) = load_runs(tmp_path)
    (result,) = recorded.results
    assert recorded.commit == "0123456789ab"
    assert (result.value, result.n, result.passed) == (failed, 2 + failed, not failed)
    assert result.remarks == "1 more skipped"


def test_what_is_no_report_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "<testcase>") == 2
    assert "is no report of pytest" in capsys.readouterr().err
    assert not [*tmp_path.glob("*.json")]
