"""The commands that measure: their figures have names and questions, and are kept only if asked."""

import importlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lab import soak_report
from lab.bench.costs import Costs, figures
from lab.evaluation import alarms, desks, interruptions, language, pauses, phrases
from lab.evaluation.calls import Voices
from lab.evaluation.clearness import Stretch
from lab.results import Measured, Result, load_runs, record
from lab.results.page import load_questions
from lab.scenarios import table
from lab.scenarios.reading import every_scenario
from tests.detectors.made_features import voice

COSTS = Costs(
    machine="a machine",
    python="3.11",
    seconds=40,
    stages={
        "spectra": 1.0,
        "phone_model": 1.5,
        "phrases": 0.5,
        "pitch": 0.5,
        "eating": 1.0,
        "rules": 9.0,
    },
    chain=8.0,
    mel=1.25,
    ratio=6.4,
    many=1.2,
    peak_mb=70.0,
    delays_ms=(120.0, 140.0, 190.0),
    delays_of_voices_ms=(150.0, 170.0),
    delays_amid_ms=(250.0, 350.0),
    delays_of_people_ms=(80.0, 300.0),
)
FOUND = Result(id="drill.passed", question="drill", title="Passed", value=3)


def named(results: Iterable[Result]) -> dict[str, float]:
    """Figures by id; every one belongs to a question of the page, and stands once."""
    every = [*results]
    assert {one.question for one in every} <= {question.id for question in load_questions()}
    found = {one.id: one.value for one in every}
    assert len(found) == len(every)
    return found


def on_record(file: str) -> set[str]:
    return {one.id for run in load_runs() for one in run.results if one.id.startswith(file)}


def test_costs_are_taken_over_the_reference() -> None:
    found = named(figures(COSTS))
    assert found["cost.hearing.over_mel"] == pytest.approx(3.0 / 1.25)
    assert found["cost.detectors"] == 1.5
    assert (found["delay.cue.median"], found["delay.cue.most"]) == (140, 190)


def test_a_phrase_that_was_never_heard_has_no_delay() -> None:
    costs = replace(
        COSTS, delays_ms=(), delays_of_voices_ms=(), delays_amid_ms=(), delays_of_people_ms=()
    )
    assert not any(name.startswith("delay") for name in named(figures(costs)))


def test_a_shift_tells_every_hour_and_what_memory_did() -> None:
    hours = [number / 6 for number in range(1, 73)]
    measures = [soak_report.Measure(hour, 60 + hour / 4, 37_000, 9.0 + hour, 40) for hour in hours]
    found = named(soak_report.figures(measures))
    assert found["endurance.memory.hour_12"] == 63
    assert found["endurance.memory.grown"] == pytest.approx(8 / 4, abs=0.2)
    assert found["endurance.cpu.most"] == 21
    assert on_record("endurance.") <= set(found)


def test_the_clauses_count_what_their_document_says() -> None:
    text = table.DOCUMENT.read_text("utf-8")
    results = [*table.told(text, every_scenario()).values()]
    figures = {one.id: one for one in table.figures(results)}
    calls, real = figures["clauses.calls"], figures["clauses.real_voice"]
    assert f"{calls.value * (calls.n or 0) / 100:.0f} of {calls.n} calls are judged rightly" in text
    assert f"{real.value * (real.n or 0) / 100:.0f} of\n{real.n}" in text.replace(" of ", " of\n")
    assert named(figures.values()).keys() == on_record("clauses.")


def test_calls_are_measured_under_the_names_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [voice(3.5, -25)]
    made = Voices((words, words), [voice(0.3, -25)])
    monkeypatch.setattr(interruptions, "voices", lambda *_: made)
    wanted: Any = SimpleNamespace(seed=1, half=1, calls=2)
    assert named(interruptions.measure(Path(), wanted)).keys() == on_record("interruption.")


def test_the_next_desk_is_measured_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([["onset.agent"], []] * desks.HALF_MINUTES)
    monkeypatch.setattr(desks, "voices", lambda *_: Voices(([], []), []))
    monkeypatch.setattr(desks, "_told", lambda *_: next(told))
    wanted: Any = SimpleNamespace(seed=1, half=1)
    found = named(desks.neighbours(Path(), wanted))
    assert found == dict.fromkeys(on_record("neighbours."), 50)


def test_experiments_are_measured_by_group() -> None:
    def heard(group: str, wrong: str, blur: float, said: str) -> language.Heard:
        return language.Heard(Stretch("a", group, np.zeros(0), wrong), (blur, 0.0), said)

    calm = [heard("Mandarin", "", 0.01, ""), heard("Mandarin", "", 0.02, "clarity.slurred")]
    slurred = [heard("slurred, read", "slurred", 0.3, "clarity.slurred")]
    found = {one.id: one for one in language._figures([*calm, *slurred])}
    assert named(found.values()).keys() < on_record("experiments.")
    assert found["experiments.mandarin.d3"].value == 50
    assert found["experiments.slurred_read.d3"].value == 100
    assert "AUC 1.00" in found["experiments.slurred_read.d3"].remarks


def test_pauses_are_blamed_by_how_short_they_are() -> None:
    def heard(true: float, measured: float | None) -> pauses.Pause:
        return pauses.Pause("Alicia", "B1-pause", true, measured, 2.0)

    some = [heard(2.0, 2.3), heard(1.8, 1.9), heard(1.8, 2.1), heard(1.8, None)]
    found = named(pauses._figures(some, ["Alicia"]))
    assert found["pauses.b1-pause.blamed.kept"] == 0
    assert found["pauses.b1-pause.blamed.short_0.2"] == 50
    assert found["pauses.voice.alicia.error"] == pytest.approx(0.7 / 3)
    assert found.keys() < on_record("pauses.")


def test_false_alarms_are_counted_under_their_names() -> None:
    heard = {kind: alarms.Heard(count=9, seconds=3600.0) for kind in alarms.KINDS}
    heard["joined"].alarms += ["F1 in dian hua", "F2 in qing chu"]
    heard["read"].costs["F1"] = [0.1 * number for number in range(1, 20)]
    found = named(alarms.results(heard))
    assert found["false_alarms.seen.joined"] == 2
    assert found["false_alarms.seen.read"] == 0
    assert found["false_alarms.tail_fit"] > 0
    assert found.keys() < on_record("false_alarms.")


def test_phrases_that_were_missed_are_named() -> None:
    seen = phrases.Recall()
    seen.found["F1"], seen.missed["F2"], seen.others["F3"] = 3, 1, 1
    result = seen.result("joined.recall", phrases.BANNED, "ht")
    assert (result.value, result.n) == (75, 4)
    assert result.remarks == "missed F2:1; 1 taken for another"


@pytest.fixture
def evaluation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    (tmp_path / "speech.tsv").touch()
    (tmp_path / "results").mkdir()
    module = importlib.import_module("lab.evaluation.__main__")
    part = SimpleNamespace(main=lambda *_: [Measured((FOUND,), model="")])
    monkeypatch.setattr(module, "import_module", lambda _: part)
    monkeypatch.setattr(
        module, "record", lambda *told, **more: record(*told, **more, folder=tmp_path / "results")
    )
    monkeypatch.setenv("DESKCUE_AUDIO", str(tmp_path))
    return module


def run(module: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["evaluate", *arguments])
    status: int = module.main()
    return status


def test_figures_are_kept_only_if_asked(
    evaluation: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    audio = "--audio", str(tmp_path)
    assert run(evaluation, monkeypatch, "drill", *audio) == 0
    assert not load_runs(tmp_path / "results")
    assert run(evaluation, monkeypatch, "drill", "--seed", "3", "--record", *audio) == 0
    (kept,) = load_runs(tmp_path / "results")
    assert (kept.command, kept.model) == ("scripts/evaluate drill --seed 3", "")
    assert kept.results == (FOUND,)


def test_what_settings_are_chosen_on_is_never_kept(
    evaluation: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    audio = "--audio", str(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        run(evaluation, monkeypatch, "detectors", "--half=0", "--record", *audio)
    assert "leave --half" in capsys.readouterr().err


def test_a_part_that_measured_nothing_says_so(
    evaluation: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    part = SimpleNamespace(main=lambda *_: [Measured(())])
    monkeypatch.setattr(evaluation, "import_module", lambda _: part)
    assert run(evaluation, monkeypatch, "drill", "--record", "--audio", str(tmp_path)) == 1
    assert "drill: nothing was measured" in capsys.readouterr().err
    assert not load_runs(tmp_path / "results")
