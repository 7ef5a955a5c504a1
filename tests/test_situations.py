"""The page of operations says what the tests show."""

from collections import Counter

import pytest

from tests.situations import PAGE, SECTIONS, all_marks, marks, page

TOLD = """
@pytest.mark.situation("Sound", "it hums", "it goes on", "a line")
@pytest.mark.parametrize("hz", [50, 60])
def test_hum(hz: int) -> None: ...

@pytest.mark.situation("Sound", "it hums")
def test_health() -> None: ...
"""


def test_the_page_is_that_of_the_marks() -> None:
    assert PAGE.read_text("utf-8") == page(all_marks()), "run python -m tests.situations"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_rows(section: str) -> None:
    assert [mark for mark in all_marks() if mark.section == section and mark.does]


def test_every_mark_belongs_to_a_row_that_is_told_once() -> None:
    told = Counter((mark.section, mark.when) for mark in all_marks() if mark.does)
    assert {mark.section for mark in all_marks()} <= {*SECTIONS}
    assert {(mark.section, mark.when) for mark in all_marks()} == {*told}
    assert set(told.values()) == {1}


def test_a_row_names_every_test_that_shows_it() -> None:
    found = [*marks(TOLD, "tests/hearing/test_mains.py")]
    link = "[mains](../tests/hearing/test_mains.py"
    row = f'| it hums | it goes on | a line | {link} "test_hum"), {link} "test_health") |'
    assert row in page(found).splitlines()


@pytest.mark.parametrize("mark", ['"Sound"', '"Sound", WHEN', '"Sound", when="it hums"'])
def test_a_mark_that_is_no_row_is_named_with_its_line(mark: str) -> None:
    with pytest.raises(ValueError, match=r"test_mains\.py:1: write situation\("):
        list(marks(f"@pytest.mark.situation({mark})\ndef test_hum(): ...\n", "test_mains.py"))
