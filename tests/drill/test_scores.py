"""Scores, kept on this machine."""

import resource
import signal
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.drill import Score, Scores
from firmware_py.drill.scores import default_path

FIRST = Score("2026-03-04T09:00:00", "wait", 67, False)
SECOND = Score("2026-03-04T09:01:00", "closing", 100, True, 2.3)


def test_scores_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "scores.jsonl"
    assert Scores(path).of("wait") == []
    for score in (FIRST, SECOND, FIRST):
        Scores(path).add(score)
    assert Scores(path).of("wait") == [FIRST, FIRST]
    assert Scores(path).of("closing") == [SECOND]


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"at": 1, "who": "me"}', ""])
def test_a_line_that_is_no_score_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    Scores(path).add(FIRST)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(DeskcueError, match=r"scores\.jsonl:2: no score"):
        Scores(path).of("wait")


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeskcueError, match="cannot keep the score"):
        Scores(tmp_path / "file" / "scores.jsonl").add(FIRST)
    with pytest.raises(DeskcueError, match="cannot read the scores"):
        Scores(tmp_path).of("wait")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(DeskcueError, match="it is no text"):
        Scores(tmp_path / "bytes").of("wait")


def test_they_lie_among_the_agent_s_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_path() == Path("/data/deskcue/drills.jsonl")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", "/agent")
    assert default_path() == Path("/agent/.local/share/deskcue/drills.jsonl")


def test_half_a_line_is_never_kept(tmp_path: Path) -> None:
    path = tmp_path / "drills.jsonl"
    score = SECOND
    Scores(path).add(score)
    line = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (line + 10, hard))
    try:
        with pytest.raises(DeskcueError, match="cannot keep the score"):
            Scores(path).add(score)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert Scores(path).of("closing") == [score]


def test_whoever_has_no_home_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    def nowhere(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nowhere)
    with pytest.raises(DeskcueError, match="--scores"):
        default_path()
