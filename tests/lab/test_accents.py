"""How a syllable is said with an accent."""

import pytest

from lab.evaluation.accents import said


@pytest.mark.parametrize(
    ("syllable", "accent", "becomes"),
    [
        ("shi", "retroflex", "si"),
        ("shuo", "all", "suo"),
        ("xing", "nasal", "xin"),
        ("sheng", "all", "sen"),
        ("ni", "n as l", "li"),
        ("lei", "l as n", "nei"),
        ("hui", "h as f", "fei"),
        ("hua", "h as f", "fa"),
        ("hao", "all", "hao"),
        ("shi", "", "shi"),
        ("ceng", "n as l", "ceng"),
        ("zhuang", "retroflex", "zhuang"),
        ("neng", "nasal", "nen"),
    ],
)
def test_a_syllable_is_said_with_an_accent(syllable: str, accent: str, becomes: str) -> None:
    assert said(syllable, accent) == becomes
