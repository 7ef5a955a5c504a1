"""Parts of the recipe of the phone model, and of its calibration, that need no TensorFlow."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import OUTPUTS, find_model, load_phone_model
from firmware_py.hearing.spelling import BLANK, INITIALS
from firmware_py.rules import load_rulebook
from lab.evaluation import rewriting
from lab.training import cutting
from tests.checkout import ROOT


@given(
    st.lists(st.tuples(st.integers(0, BLANK - 1), st.integers(1, 5)), min_size=1, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_every_token_is_found_where_it_is_said(said: list[tuple[int, int]], seed: int) -> None:
    tokens = tuple(token for token, _ in said)
    rows = np.cumsum([gap + 1 for _, gap in said])  # so that a blank lies between any two
    shares = np.full((rows[-1] + 3, OUTPUTS), 1e-3) * np.random.default_rng(seed).uniform(
        0.5, 1.0, (rows[-1] + 3, OUTPUTS)
    )
    shares[:, BLANK] = 1.0
    shares[rows, BLANK] = 1e-3
    shares[rows, tokens] = 1.0
    assert cutting.peaks(np.log(shares).astype(np.float32), tokens).tolist() == rows.tolist()


def test_too_few_rows_have_no_place_for_all_tokens() -> None:
    rows = np.zeros((2, OUTPUTS), dtype=np.float32)
    assert len(cutting.peaks(rows, (1, 2, 3))) == 0


def test_a_syllable_begins_with_its_initial_or_after_a_final() -> None:
    initial, final = 0, len(INITIALS)
    assert cutting.first_tokens((initial, final, final, initial, final)) == [0, 2, 3]


def test_the_model_that_only_measures_is_whole_and_another_one() -> None:
    apart = load_phone_model(ROOT / "models" / "left_out" / "phones.tflite")
    assert apart.sha256 != load_phone_model(find_model()).sha256
    assert apart.feed(np.full((60, BANDS), -9.0, dtype=np.float32)).shape == (20, OUTPUTS)


BOOK = """name = "ours"

[[phrase]]
id = "A"
text = "您好"
say = ["nin hao"]

[[phrase]]
id = "B"
say = ["zai jian"]
threshold = -0.4

[[rule]]
id = "B"
kind = "never"
"""


def test_thresholds_are_put_in_and_nothing_else_changes() -> None:
    after = rewriting.rewritten(BOOK, {"A": -1.5, "B": -0.75, "C": -2.0})
    assert after == BOOK.replace(
        'say = ["nin hao"]\n', 'say = ["nin hao"]\nthreshold = -1.5\n'
    ).replace("threshold = -0.4", "threshold = -0.75")
    assert rewriting.rewritten(BOOK, {}) == BOOK


def test_limits_of_the_experiments_are_put_in_and_nothing_else_changes(tmp_path: Path) -> None:
    before = load_rulebook("experimental").sources[0].read_text("utf-8")
    book = tmp_path / "experimental.toml"
    book.write_text(before, "utf-8")
    rewriting.experiment(book, (0.12, 0.34), {"D3": (0.5, 0.25)})
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), book.read_text("utf-8").splitlines(), strict=True)
        if old != new
    ]
    assert {new for _, new in changed} <= {
        "slurred_over = 0.12",
        "foreign_over = 0.34",
        "experimental = { missed = 0.50, mistaken = 0.25 }",
    }
    assert len(changed) == 3


def test_a_rulebook_without_limits_is_not_touched(tmp_path: Path) -> None:
    book = tmp_path / "ours.toml"
    book.write_text(BOOK, "utf-8")
    with pytest.raises(ValueError, match="not once"):
        rewriting.experiment(book, (0.12, 0.34), {})
    assert book.read_text("utf-8") == BOOK
