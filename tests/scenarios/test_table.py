"""The table of clauses is read back as it was written."""

from dataclasses import replace

from lab.scenarios import table
from lab.scenarios.reading import Line, Scenario, Twin

ONE = Scenario("F5", "F5", (Line(say="您好"),))
BOTH = {Twin.BREACH: table.PASS, Twin.CLEAN: table.KNOWN}
REALLY = {Twin.BREACH: table.REAL_MISS, Twin.CLEAN: table.PASS}
RESULTS = [
    table.Result(ONE, BOTH, REALLY),
    table.Result(replace(ONE, id="F6", clause="F6", experimental=True), BOTH, {}),
]


def test_what_is_written_is_read_again() -> None:
    text = table.document(RESULTS, "abc", "1.51")
    assert table.named(text) == [("F5", "F5", "F5"), ("F6", "F6", "F6")]
    told = table.told(text, [result.scenario for result in RESULTS])
    assert [*told.values()] == RESULTS


def test_the_document_marks_an_experiment_and_counts_what_passed() -> None:
    text = table.document(RESULTS, "abc", "1.51")
    assert "I know? (experimental, off) | F6" in text
    assert "2 of 4 calls are judged rightly, both calls in 0 of 2" in text
    assert "with the real voice 1 of 2 calls" in text


def test_a_table_without_the_real_voice_is_read_too() -> None:
    text = "| F5 | None of my business! | F5 | F5 | f5 | pass | known miss |\n"
    assert table.told(text, [ONE]) == {"F5": table.Result(ONE, BOTH, {})}
