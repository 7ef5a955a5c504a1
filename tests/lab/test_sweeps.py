"""``scripts/evaluate --sweep``: what it takes, and that every detector named there can be drawn."""

import importlib
from inspect import signature
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.detectors.made_features import voice


@pytest.fixture
def evaluation() -> ModuleType:
    return importlib.import_module("lab.evaluation.__main__")


@pytest.fixture
def sweep(evaluation: ModuleType) -> ModuleType:
    return importlib.import_module(f"{evaluation.__package__}.sweep")


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    (tmp_path / "speech.tsv").touch()
    return tmp_path


def run(evaluation: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["evaluate", *map(str, arguments)])
    status: int = evaluation.main()
    return status


def test_every_detector_has_its_sweep(sweep: ModuleType) -> None:
    for known in sweep.SWEEPS.values():
        made = importlib.import_module(f"lab.evaluation.{known.module}").sweep
        names = [name.removeprefix("_") for name in signature(made).parameters]
        assert names == ["audio", "half", "most", "seed"]


def test_a_sweep_is_drawn_of_what_was_asked_for(
    evaluation: ModuleType,
    sweep: ModuleType,
    audio: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn: list[object] = []
    fake = SimpleNamespace(sweep=lambda *asked: asked)
    monkeypatch.setattr(sweep, "import_module", lambda _: fake)
    monkeypatch.setattr(sweep, "draw", lambda what, path: drawn.append((what, path)))
    png = audio / "here.png"
    options = ("--audio", audio, "--half", 0, "--most", 7, "--seed", 3, "--png", png)
    assert run(evaluation, monkeypatch, "--sweep", "pace", *options) == 0
    assert drawn == [((audio, 0, 7, 3), png)]
    assert capsys.readouterr().out == f"{png}\n"


def test_what_has_no_sweep_is_refused_with_what_has(
    evaluation: ModuleType,
    audio: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(evaluation, monkeypatch, "--sweep", "humming", "--audio", audio)
    told = capsys.readouterr().err
    assert "humming" in told
    assert "pace" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("eating", "--most", 3), "leave --most away"),
        (("shouting", "--half", 0), "leave --half away"),
        (("pace", "--most", 0), "at least 1"),
    ],
)
def test_what_a_sweep_cannot_heed_is_refused(
    evaluation: ModuleType,
    audio: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[object, ...],
    told: str,
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(evaluation, monkeypatch, "--sweep", *asked, "--audio", audio)
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("evaluation")
def test_a_sweep_holds_a_share_for_every_value(monkeypatch: pytest.MonkeyPatch) -> None:
    interruptions = importlib.import_module("lab.evaluation.interruptions")
    calls = importlib.import_module("lab.evaluation.calls")
    words = [voice(3.5, -25)]
    material = calls.Voices((words, words), [voice(0.3, -25)])
    monkeypatch.setattr(interruptions, "voices", lambda *_: material)
    drawn = interruptions.sweep(Path(), 1, 1, 1)
    assert drawn.chosen in drawn.values
    for line in [*drawn.lines.values(), *drawn.wrong.values()]:
        assert len(line) == len(drawn.values)
        assert all(0 <= share <= 1 for share in line)


@pytest.mark.usefixtures("evaluation")
def test_shares_are_those_of_what_is_there() -> None:
    shares = importlib.import_module("lab.evaluation.plot").shares
    few = {("drawl", "there"): 4, ("drawl", "heard"): 3}
    none = {("drawl", "there"): 4, ("drawl", "heard"): 0}
    assert shares({0.2: few, 0.4: none}, "drawl", "heard") == [0.75, 0.0]
