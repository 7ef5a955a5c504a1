"""Results as data: what is written is read back, and what lacks something is refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.errors import DeskcueError
from lab.results import Result, at_least, at_most, load_runs, record, results_by_id, share
from lab.results.provenance import shipped_model


def recall(value: float, name: str = "recall") -> Result:
    return Result(
        id=f"phrases.{name}",
        question="phrases",
        title="Recall",
        value=value,
        unit="%",
        n=120,
        of="sayings",
        target=at_least(97),
        interval=(90, 99),
    )


def test_what_was_measured_is_read_back_with_where_it_comes_from(tmp_path: Path) -> None:
    record("phrases", "scripts/evaluate phrases", [recall(98.5)], folder=tmp_path)
    (run,) = load_runs(tmp_path)
    assert run.results == (recall(98.5),)
    assert run.command == "scripts/evaluate phrases"
    assert run.model == shipped_model()
    assert len(run.commit) >= 12 or run.commit == "unknown"
    assert run.machine.cores >= 1
    assert not run.imported


def test_a_figure_taken_again_takes_the_place_of_the_old_one_alone(tmp_path: Path) -> None:
    record("phrases", "first", [recall(90, "a"), recall(91, "b")], folder=tmp_path)
    record("phrases", "second", [recall(98, "b")], folder=tmp_path)
    assert [(run.command, [one.value for one in run.results]) for run in load_runs(tmp_path)] == [
        ("first", [90]),
        ("second", [98]),
    ]
    record("phrases", "third", [recall(99, "a"), recall(99, "b")], folder=tmp_path)
    assert [run.command for run in load_runs(tmp_path)] == ["third"]


def test_the_file_is_never_half_written(tmp_path: Path) -> None:
    record("phrases", "first", [recall(90)], folder=tmp_path)
    with pytest.raises(TypeError):
        record("phrases", "second", [recall(object())], folder=tmp_path)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["phrases.json"]
    assert results_by_id(tmp_path)["phrases.recall"].value == 90


@pytest.mark.parametrize("where", ["run", "machine", "result"])
def test_a_file_that_lacks_a_field_is_refused_with_its_name(tmp_path: Path, where: str) -> None:
    path = record("phrases", "first", [recall(90)], folder=tmp_path)
    whole = json.loads(path.read_text("utf-8"))
    for key in _part(whole, where):
        told = json.loads(json.dumps(whole))
        del _part(told, where)[key]
        path.write_text(json.dumps(told), "utf-8")
        with pytest.raises(DeskcueError, match=key):
            load_runs(tmp_path)


def _part(told: dict[str, list[dict[str, object]]], where: str) -> dict[str, object]:
    run = told["runs"][0]
    found = {"run": run, "machine": run["machine"], "result": run["results"][0]}[where]  # type: ignore[index]
    assert isinstance(found, dict)
    return found


def test_a_verdict_that_the_figure_does_not_bear_out_is_refused(tmp_path: Path) -> None:
    path = record("phrases", "first", [recall(90)], folder=tmp_path)
    path.write_text(path.read_text("utf-8").replace('"passed": false', '"passed": true'), "utf-8")
    with pytest.raises(DeskcueError, match=r"phrases\.recall says passed"):
        load_runs(tmp_path)


def test_no_figure_stands_in_two_files(tmp_path: Path) -> None:
    record("one", "first", [recall(90)], folder=tmp_path)
    record("two", "second", [recall(91)], folder=tmp_path)
    with pytest.raises(DeskcueError, match=r"measured twice: phrases\.recall"):
        load_runs(tmp_path)


def test_targets_have_a_direction() -> None:
    assert recall(97).passed
    assert not recall(96.9).passed
    assert at_most(2).met(2)
    assert not at_most(2).met(2.1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_result(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        recall(value)


@pytest.mark.parametrize("name", ["", "phrases", "Phrases.recall", "phrases recall", "a..b"])
def test_an_id_is_words_with_dots(name: str) -> None:
    with pytest.raises(ValueError, match="measure id"):
        Result(id=name, question="phrases", title="", value=1)


@given(st.integers(1, 10_000), st.data())
def test_a_share_lies_in_its_interval(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    made = share("a.b", "phrases", "", hits, n, "trials")
    assert made.interval is not None
    low, high = made.interval
    assert 0 <= low <= made.value + 1e-9
    assert made.value - 1e-9 <= high <= 100


def test_the_interval_is_that_of_wilson() -> None:
    interval = share("a.b", "phrases", "", 81, 263, "trials").interval  # Newcombe 1998, table I
    assert interval == pytest.approx((25.53, 36.62), abs=0.005)
