"""Lines of tables and keys."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firmware_py.settings.toml_lines import Where, line_numbers

TEXT = '''\
name = "x"   # [not.a.table]
title = { zh = "[[no]]", en = """
[neither]
""" }

[a.b]
list = [
    "say = [",
    "c = 1",
]
"odd key" = 1

[[rule]]
id = "r"
[[ rule ]]
when.deep = 2
[rule.sub]
x = 3
'''


def test_every_statement_has_its_line() -> None:
    assert tomllib.loads(TEXT)
    assert line_numbers(TEXT) == {
        ("name",): 1,
        ("title",): 2,
        ("a", "b"): 6,
        ("a", "b", "list"): 7,
        ("a", "b", "list", 0): 8,
        ("a", "b", "list", 1): 9,
        ("a", "b", "odd key"): 11,
        ("rule", 0): 13,
        ("rule", 0, "id"): 14,
        ("rule", 1): 15,
        ("rule", 1, "when", "deep"): 16,
        ("rule", 1, "sub"): 17,
        ("rule", 1, "sub", "x"): 18,
    }


def test_elements_on_lines_of_their_own_have_them() -> None:
    text = (
        'x = [ 1,\n  # no element\n  { a = [\n 1, 2] }, [\n3],\n  "y", """\n""", 2.5 ]\nz = [1]\n'
    )
    assert tomllib.loads(text)
    assert line_numbers(text) == {
        ("x",): 1, ("x", 1): 3, ("x", 2): 4, ("x", 3): 6, ("x", 4): 6, ("x", 5): 7, ("z",): 8,
    }  # fmt: skip


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    line_numbers(text)


@given(st.lists(st.tuples(st.sampled_from(["rule", "phrase"]), st.integers(0, 3)), max_size=8))
def test_places_lead_to_values(tables: list[tuple[str, int]]) -> None:
    text = "".join(
        f"\n\n[[{name}]]\n" + "".join(f"k{key} = {key}\n" for key in range(keys))
        for name, keys in tables
    )
    for where in line_numbers(text):
        _value(tomllib.loads(text), where)


def _value(root: Any, where: Where) -> Any:
    for step in where:
        root = root[step]
    return root
