"""docs/measurements.md and quoted figures: they say what lab/results says, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from lab.results import Machine, Result, Run, at_least, at_most, load_runs
from lab.results.__main__ import changes
from lab.results.page import Question, index, load_questions, page, quoted, shown
from tests.checkout import ROOT

HOW_SURE = Question("phrases", "How sure?", "By strangers.")
FOUND = Result(
    id="phrases.found",
    question="phrases",
    title="Found",
    value=96.0,
    unit="%",
    n=1200,
    of="sayings",
    target=at_least(95),
    interval=(94.5, 97.5),
)
RUN = Run(
    command="scripts/evaluate phrases",
    commit="abc",
    model="0123456789ab",
    date="2026-11-26",
    machine=Machine("a processor", 2, "3.11.2"),
    imported=False,
    results=(FOUND,),
)


def test_documents_say_what_was_measured() -> None:
    stale = [str(path.relative_to(ROOT)) for path, _ in changes(ROOT)]
    assert not stale, f"run scripts/measurements: {stale} differ from lab/results"


def test_every_question_is_answered_once() -> None:
    ids = [question.id for question in load_questions()]
    assert len(ids) == len(set(ids))
    assert {one.question for run in load_runs() for one in run.results} <= set(ids)


def test_a_figure_stands_beside_its_target_and_its_command() -> None:
    text = page([RUN], [HOW_SURE])
    assert (
        "| Found | **96 %** (94.5 to 97.5) ✓ | ≥ 95 % | 1\N{NARROW NO-BREAK SPACE}200 sayings |"
        in text
    )
    assert "`scripts/evaluate phrases` · 2026-11-26, model `0123456789ab`, commit `abc`" in text
    assert "**1 of 1 targets are met.**" in text


def test_what_is_missed_is_marked_and_listed() -> None:
    missed = replace(FOUND, target=at_least(97))
    text = page([replace(RUN, results=(missed,))], [HOW_SURE])
    assert "**96 %** (94.5 to 97.5) ✗" in text
    assert "- [How sure](#how-sure): found **96 %** (≥ 97 %)." in text


def test_what_was_taken_over_says_so() -> None:
    assert "model `0123456789ab`, taken over" in page([replace(RUN, imported=True)], [HOW_SURE])


def test_a_result_without_its_question_is_refused() -> None:
    with pytest.raises(DeskcueError, match=r"phrases\.found"):
        page([RUN], [replace(HOW_SURE, id="other")])


def test_documents_quote_the_figure_of_today() -> None:
    told = "Found: <!-- figure phrases.found -->12 %<!-- end -->, it says."
    after = quoted(told, {FOUND.id: FOUND})
    assert after == told.replace("12 %", "96 %")
    assert quoted(after, {FOUND.id: FOUND}) == after


def test_what_was_never_measured_cannot_be_quoted() -> None:
    with pytest.raises(DeskcueError, match=r"phrases\.lost is quoted"):
        quoted("<!-- figure phrases.lost -->99 %<!-- end -->", {FOUND.id: FOUND})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (99.96, "99.96 %"),
        (100, "100 %"),
        (0.011234, "0.0112 %"),
        (37336, "37\u202f336 %"),
        (0, "0 %"),
    ],
)
def test_no_figure_is_rounded_up_to_all(value: float, told: str) -> None:
    assert shown(replace(FOUND, value=value, target=at_most(2))) == told


def test_decisions_are_listed_in_their_order(tmp_path: Path) -> None:
    for number, word in ((2, "Rejected"), (1, "Accepted")):
        text = f"# {number}. Title\n\n{word}, 2026-11-25.\n\n**Context.** Some.\n"
        (tmp_path / f"000{number}-title.md").write_text(text, "utf-8")
    first, second = index(tmp_path).splitlines()[-2:]
    assert first == "- [1. Title](0001-title.md): accepted, 2026-11-25"
    assert second == "- [2. Title](0002-title.md): rejected, 2026-11-25"


def test_a_decision_that_decides_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001-title.md").write_text("# 1. Title\n\nWell.\n", "utf-8")
    with pytest.raises(DeskcueError, match=r"0001-title\.md"):
        index(tmp_path)


def test_a_decision_whose_number_another_has_is_refused(tmp_path: Path) -> None:
    for title in ("one", "other"):
        text = "# 1. Title\n\nAccepted, 2026-11-25.\n"
        (tmp_path / f"0001-{title}.md").write_text(text, "utf-8")
    with pytest.raises(DeskcueError, match=r"0001-other\.md: .* number 2"):
        index(tmp_path)
