"""The model's card: it says what its template and lab/results say, and names the model there is."""

from firmware_py.hearing.model_file import find_model, read_sidecar
from lab.evaluation import card
from lab.results import load_runs
from tests.checkout import ROOT

TEMPLATE = ROOT / "lab" / "evaluation" / "card.md"


def lines() -> list[str]:
    return card.CARD.read_text("utf-8").splitlines()


def test_what_people_wrote_stands_in_the_template_too() -> None:
    fixed = [line for line in TEMPLATE.read_text("utf-8").splitlines() if "$" not in line]
    there = iter(lines())
    assert [line for line in fixed if line not in there] == []


def test_every_figure_is_one_of_the_results() -> None:
    known = {
        f"| {' | '.join(row)} |"
        for run in load_runs()
        if run.command.startswith("scripts/evaluate strangers")
        for row in card.rows_of(run.results)
    }
    head = lines().index("| measure | result | of | remarks |")
    figures = lines()[head + 2 : lines().index("## Weaknesses") - 1]
    assert figures
    assert [line for line in figures if line not in known] == []


def test_it_is_the_card_of_the_model_that_comes_with_it() -> None:
    assert f"| SHA-256 | `{read_sidecar(find_model()).sha256}` |" in lines()
